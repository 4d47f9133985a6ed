/** A choice of settings worth a try: one click sets them, Undo takes them back. */
import type { App } from '../../app';
import { LESSONS, METHOD_PRESETS, type Preset } from '../../state/presets';
import { reconcile } from '../../state/reconcile';
import { freshId, h } from '../shared/element';

const ASKED = 'Try something';

export function createPresets(app: App): HTMLElement {
  const id = freshId('preset');
  const options = (presets: readonly Preset[]): HTMLElement[] => presets.map(({ value, label }) => h('option', { value, text: label }));
  const select = h('select', { id, 'data-test': 'preset' },
    h('option', { value: '', text: ASKED }),
    h('optgroup', { label: 'What goes wrong, and what shows' }, ...options(LESSONS)),
    h('optgroup', { label: 'A method of the papers' }, ...options(METHOD_PRESETS)));
  select.addEventListener('change', () => {
    const preset = [...LESSONS, ...METHOD_PRESETS].find(({ value }) => value === select.value);
    select.value = '';
    if (preset === undefined) return;
    const { store, notices } = app;
    const change = preset.change(store.state);
    const { config, notes } = reconcile({ ...store.state.config, ...change.config });
    store.update({ ...change, config });
    const mended = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
    notices.show({
      name: 'settings', kind: 'info', text: `${preset.label}. ${preset.explain}${mended}`,
      actions: [{ label: 'Undo', run: () => { history.back(); } }],
    });
  });
  return h('div', { class: 'presets' }, h('label', { for: id, class: 'visually-hidden', text: ASKED }), select);
}
