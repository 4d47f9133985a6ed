/** What one lane changes: its spikes, and one setting more. */
import type { App } from '../app';
import { FIELDS, words, type Field } from '../state/fields';
import { laneConfig, RACED, type LaneChange } from '../state/settings';
import type { SessionConfig } from '../worker/protocol';
import { controlOf } from './controls';
import { freshId, h } from './element';

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

  const further = RACED.find((key) => lane[key] !== undefined);
  const id = freshId('further');
  const select = h('select', { id }, h('option', { value: '', text: 'nothing more' }));
  for (const key of RACED) {
    const field = fieldOf(key);
    if (field !== undefined) select.append(h('option', { value: key, text: words(field.label, config).toLowerCase() }));
  }
  select.value = further ?? '';
  select.addEventListener('change', () => {
    const spike: LaneChange = lane.spike === undefined ? {} : { spike: lane.spike };
    const key = RACED.find((candidate) => candidate === select.value);
    put(key === undefined ? spike : { ...spike, [key]: store.state.config[key] });
  });
  return h('div', { class: 'lane-editor' }, control('spike'), h('div', { class: 'field-inline' }, h('label', { for: id, text: 'and' }), select), further === undefined ? undefined : control(further));
}
