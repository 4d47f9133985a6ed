/** A choice of settings worth a try: one click sets them, Undo takes them back. */
import type { App } from '../../app';
import { enter } from '../../run/choose';
import { LESSONS, METHOD_PRESETS, type Preset } from '../../state/presets';
import { reconcile } from '../../state/reconcile';
import { freshId, h } from '../shared/element';
import { keptFold } from '../shared/fold';
import { button } from '../shared/part';

export function createPresets(app: App): HTMLElement {
  const chips = (label: string, presets: readonly Preset[]): HTMLElement => {
    const id = freshId('presets');
    return h('div', { role: 'group', 'aria-labelledby': id }, h('p', { class: 'caption', id, text: label }),
      h('div', { class: 'chips' }, ...presets.map((preset) => button(preset.label, { title: preset.explain }, () => { apply(app, preset); }))));
  };
  // A frame has one view and no way to another.
  const lessons = LESSONS.filter(({ leaves = false }) => !leaves || (!app.framed && app.shows('views')));
  const fold = h('details', { class: 'presets', 'data-test': 'preset' }, h('summary', { text: 'Try something' }),
    chips('What goes wrong, and what shows', lessons), chips('A method of the papers', METHOD_PRESETS));
  keptFold(fold, () => 'presets', () => false);
  return fold;
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
