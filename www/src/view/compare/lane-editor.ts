/** What one lane changes: its spikes, and any setting that lanes may differ in. */
import type { App } from '../../app';
import { FIELDS, words, type Field } from '../../state/fields';
import { laneConfig, RACED, type LaneChange } from '../../state/settings';
import type { SessionConfig } from '../../worker/protocol';
import { controlOf } from '../settings/controls';
import { freshId, h } from '../shared/element';
import { button } from '../shared/part';

function fieldOf(key: keyof SessionConfig): Field | undefined {
  return FIELDS.find((field) => field.key === key);
}

/** Built for the lane as it is; a change of the lane builds it anew. */
export function createLaneEditor(app: App, index: number): HTMLElement {
  const { store } = app;
  const lane = store.state.lanes[index] ?? {};
  const config = laneConfig(store.state.config, lane);
  const put = (next: LaneChange): void => {
    store.update({ lanes: store.state.lanes.map((other, i) => (i === index ? next : other)) });
  };
  const commit = (change: Partial<SessionConfig>): void => { put({ ...lane, ...change }); };
  const control = (key: keyof SessionConfig): HTMLElement | undefined => {
    const field = fieldOf(key);
    if (field === undefined) return undefined;
    const made = controlOf(field, commit);
    made.show(config);
    return made.element;
  };

  /** A setting that the lane changes, and the way back to what all lanes share. */
  const further = (key: keyof SessionConfig): HTMLElement => {
    const field = fieldOf(key);
    const label = field === undefined ? key : words(field.label, config).toLowerCase();
    const drop = button('✕', { class: 'quiet', 'aria-label': `Leave ${label} as in the Train view`, title: 'As in the Train view' }, () => {
      put(Object.fromEntries(Object.entries(lane).filter(([other]) => other !== key)));
    });
    return h('div', { class: 'lane-setting' }, control(key), drop);
  };

  const changed = RACED.filter((key) => lane[key] !== undefined);
  const id = freshId('further');
  const select = h('select', { id }, h('option', { value: '', text: 'nothing more' }));
  for (const key of RACED.filter((candidate) => !changed.includes(candidate))) {
    const field = fieldOf(key);
    if (field !== undefined) select.append(h('option', { value: key, text: words(field.label, config).toLowerCase() }));
  }
  select.addEventListener('change', () => {
    const field = FIELDS.find((candidate) => candidate.key === select.value);
    if (field === undefined) return;
    // A method that is off would leave the lane as it is.
    const change = field.kind === 'number' && field.switch !== undefined ? field.switch.on(config) : { [field.key]: store.state.config[field.key] };
    put({ ...lane, ...change });
  });
  return h('div', { class: 'lane-editor' }, control('spike'), ...changed.map(further), h('div', { class: 'field-inline' }, h('label', { for: id, text: 'and' }), select));
}
