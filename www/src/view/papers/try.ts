/** The way from Spiking PointNet's card to a run as in the paper: furniture, at one time step, from noisy membranes. */
import type { App } from '../../app';
import { CLOUD_RUN } from '../../state/recipes';
import { reconcile } from '../../state/reconcile';
import { DEFAULT_CONFIG } from '../../state/settings';
import { h } from '../shared/element';
import { button } from '../shared/part';

export function createTry(app: App): HTMLElement {
  const { store } = app;
  const open = button('Try it on point clouds', { 'data-test': 'try-clouds' }, () => {
    const { seed } = store.state.config;
    const { config } = reconcile({ ...DEFAULT_CONFIG, ...CLOUD_RUN, data: 'furniture', seed });
    store.update({ view: 'train', config });
  });
  return h('div', { class: 'toolbar' }, open, h('span', { class: 'caption', text: 'A small PointNet on furniture, trained as in the paper, in the '
    + 'Train view.' }));
}
