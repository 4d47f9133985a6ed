/** What one lane changes: its spikes, and any setting that lanes may differ in. */
import { html, render } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { App } from '../../app';
import type { Field } from '../../state/field';
import { FIELDS, words } from '../../state/fields';
import { laneConfig, RACED, type LaneChange } from '../../state/settings';
import type { SessionConfig } from '../../worker/protocol';
import { controlOf } from '../settings/controls';
import type { Control } from '../settings/control';
import { freshId, h } from '../shared/element';
import type { Part } from '../shared/part';

type Key = keyof SessionConfig;

function fieldOf(key: Key): Field | undefined {
  return FIELDS.find((field) => field.key === key);
}

/** Follows the lane at a place, whichever that is. */
export function createLaneEditor(app: App, index: number): Part {
  const { store } = app;
  const element = h('div', { class: 'lane-editor' });
  const id = freshId('further');
  const laneNow = (): LaneChange => store.state.lanes[index] ?? {};
  const put = (next: LaneChange): void => {
    store.update({ lanes: store.state.lanes.map((other, i) => (i === index ? next : other)) });
  };

  /** Made when they are first wanted, and kept, so that what has the focus stays. */
  const controls = new Map<Key, Control>();
  const controlFor = (key: Key, config: SessionConfig): HTMLElement | undefined => {
    const field = fieldOf(key);
    if (field === undefined) return undefined;
    const control = controls.get(key) ?? controlOf(field, (change) => { put({ ...laneNow(), ...change }); });
    controls.set(key, control);
    control.show(config);
    return control.element;
  };

  const further = ({ currentTarget }: Event): void => {
    if (!(currentTarget instanceof HTMLSelectElement)) return;
    const { value } = currentTarget;
    const field = FIELDS.find((candidate) => candidate.key === value);
    currentTarget.value = '';
    if (field === undefined) return;
    const config = laneConfig(store.state.config, laneNow());
    // A method that is off would leave the lane as it is.
    const change = field.kind === 'number' && field.switch !== undefined ? field.switch.on(config) : { [field.key]: store.state.config[field.key] };
    put({ ...laneNow(), ...change });
  };
  const drop = (key: Key): void => {
    put(Object.fromEntries(Object.entries(laneNow()).filter(([other]) => other !== key)));
    update();
    element.querySelector<HTMLElement>('select.further')?.focus();
  };

  const update = (): void => {
    const lane = laneNow();
    const config = laneConfig(store.state.config, lane);
    const nameOf = (key: Key): string => words(fieldOf(key)?.label ?? key, config).toLowerCase();
    const known = RACED.filter((key) => fieldOf(key) !== undefined);
    /** A setting that the lane changes, and the way back to what all lanes share. */
    const row = (key: Key) => html`<div class="lane-setting">
      ${controlFor(key, config)}
      <button
        type="button" class="quiet" aria-label="Leave ${nameOf(key)} as all lanes share it" title="As all lanes share it" @click=${() => { drop(key); }}
      >✕</button>
    </div>`;
    render(html`
      ${controlFor('spike', config)}
      ${repeat(known.filter((key) => lane[key] !== undefined), (key) => key, row)}
      <div class="field-inline">
        <label for=${id}>and</label>
        <select id=${id} class="further" @change=${further}>
          <option value="">nothing more</option>
          ${repeat(known.filter((key) => lane[key] === undefined), (key) => key, (key) => html`<option value=${key}>${nameOf(key)}</option>`)}
        </select>
      </div>`, element);
  };
  return { element, update };
}
