/** A choice of settings worth a try: one click sets them, Undo takes them back. */
import type { App } from '../../app';
import { enter } from '../../run/choose';
import { LESSONS, METHOD_PRESETS, type Preset } from '../../state/presets';
import { reconcile } from '../../state/reconcile';
import { freshId, h } from '../shared/element';

const ASKED = 'Try something';

export function createPresets(app: App): HTMLElement {
  const id = freshId('preset');
  const options = (presets: readonly Preset[]): HTMLElement[] => presets.map(({ value, label }) => h('option', { value, text: label }));
  // A frame has one view and no way to another.
  const lessons = LESSONS.filter(({ leaves = false }) => !leaves || (!app.framed && app.shows('views')));
  const select = h('select', { id, 'data-test': 'preset' },
    h('option', { value: '', text: ASKED }),
    h('optgroup', { label: 'What goes wrong, and what shows' }, ...options(lessons)),
    h('optgroup', { label: 'A method of the papers' }, ...options(METHOD_PRESETS)));
  select.addEventListener('change', () => {
    const preset = [...lessons, ...METHOD_PRESETS].find(({ value }) => value === select.value);
    select.value = '';
    if (preset !== undefined) apply(app, preset);
  });
  return h('div', { class: 'presets' }, h('label', { for: id, class: 'visually-hidden', text: ASKED }), select);
}

function apply({ store, notices, training }: App, preset: Preset): void {
  const before = store.state;
  const { config: asked, ...others } = preset.change(before);
  const { config, notes } = reconcile({ ...before.config, ...asked }, asked);
  const goesOn = others.view === 'train' ? training.changedTo(config) : undefined;
  enter(store, { ...others, config }, goesOn);
  const mended = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
  // What a trained network is thrown away for has an Undo of its own, which brings its weights, too.
  const hasOwnUndo = goesOn === undefined && others.view === 'train' && training.step > 0;
  const undo = { label: 'Undo', run: () => { store.update({ view: before.view, config: before.config, begun: before.begun, lanes: before.lanes }); } };
  notices.show({
    name: 'settings', kind: 'info', text: `${preset.label}. ${preset.explain}${mended}`, ...(hasOwnUndo || store.state === before ? {} : { actions: [undo] }),
  });
}
