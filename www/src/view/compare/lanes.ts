/** How a lane is named and drawn. */
import { html, type TemplateResult } from 'lit-html';
import { FIELDS, words } from '../../state/fields';
import type { LaneChange } from '../../state/settings';
import type { SessionConfig } from '../../worker/protocol';
import type { Theme } from '../shared/element';
import { counted } from '../shared/part';

/** Lines that can be told apart without colour. */
export const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3]];

export const laneColour = (lane: number) => (theme: Theme): string => theme.lanes[lane] ?? theme.accent;

/** "Ternary", or "Ternary, time steps 2"; `shared` is the run that the lane changes. */
export function laneWords(lane: LaneChange, shared: SessionConfig): string {
  const config = { ...shared, ...lane };
  // Its spikes come first.
  const fields = [...FIELDS].sort((a, b) => Number(b.key === 'spike') - Number(a.key === 'spike'));
  const parts = fields.flatMap((field) => {
    const value = lane[field.key];
    // A lane of rectified units has no spikes to be named by.
    if (value === undefined || (field.key === 'spike' && config.units === 'relu')) return [];
    if (field.kind === 'choice') {
      const label = field.choices.find((choice) => choice.value === value)?.label ?? String(value);
      return [field.key === 'spike' ? label : `${words(field.label, config).toLowerCase()} ${label.toLowerCase()}`];
    }
    const label = words(field.label, config).toLowerCase();
    if (field.kind === 'toggle') return [value === true ? label : `no ${label}`];
    if (field.kind === 'number' && field.switch !== undefined && value === 0) return [`no ${label}`];
    return [`${label} ${String(value)}`];
  });
  return parts.length === 0 ? 'As all lanes share it' : parts.join(', ');
}

/** "4 time steps", or "trained at 1 time step, run at 4". */
export function stepsWords({ steps, evaluationSteps, units }: SessionConfig): string {
  const trained = counted(steps, 'time step');
  return units === 'relu' || evaluationSteps === 0 || evaluationSteps === steps ? trained : `trained at ${trained}, run at ${evaluationSteps}`;
}

/** The lane's line, as it is drawn in the charts. */
export function swatch(lane: number): TemplateResult {
  return html`<span class="swatch lane-${lane + 1}" aria-hidden="true"></span>`;
}
