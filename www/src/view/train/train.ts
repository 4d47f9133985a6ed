/** The Train view: the stage in the middle, settings and curves always beside it, everything else one tab away. */
import type { App, View } from '../../app';
import { createControls } from '../settings/controls';
import { h } from '../shared/element';
import { isForView } from '../shared/keys';
import { createLearning } from '../shared/learning';
import { SlowMotion } from '../shared/motion';
import type { Part } from '../shared/part';
import { createConfusion } from './confusion';
import { createDrawer } from './drawer';
import { createGradients } from './gradients';
import { createLayerTable } from './layer-table';
import { createLooked } from './looked';
import { createMaps } from './maps';
import { createNetwork } from './network';
import { createPlayback } from './playback';
import { createPotential } from './potential';
import { createPotentials } from './potentials';
import { createSamples } from './samples';
import { createSteps } from './steps';

export function createTrainView(app: App): View {
  const { training, store } = app;
  const motion = new SlowMotion();
  const controls = createControls(app);
  const playback = createPlayback(app);
  const [network, learning, looked, maps] = [createNetwork(app, motion), createLearning(app), createLooked(app, motion), createMaps(app, motion)];
  const [potential, potentials] = [createPotential(app, motion), createPotentials(app)];
  const [samples, layers, confusion, steps, gradients] = [createSamples(app), createLayerTable(app), createConfusion(app), createSteps(app),
    createGradients(app)];
  /** What shows one sample, which changes with every look at it and every time step. */
  const ofTheSample: readonly Part[] = [network, looked, maps, potential, potentials];
  const ofTheRun: readonly Part[] = [playback, learning, steps, gradients, samples, layers, confusion];
  const drawer = createDrawer(app, [
    { name: 'spikes', label: 'Spikes and potential', panels: [potential.element, looked.element] },
    { name: 'maps', label: 'Spike maps', panels: [maps.element] },
    { name: 'layers', label: 'Layers', panels: [layers.element, potentials.element] },
    { name: 'gradients', label: 'Gradients', panels: [gradients.element] },
    { name: 'samples', label: 'Samples', panels: [samples.element, steps.element] },
    { name: 'confusion', label: 'Confusion', panels: [confusion.element] },
  ]);
  const element = h(
    'div', { class: 'train' },
    controls.element,
    h('div', { class: 'bench' }, playback.element, h('div', { class: 'stage-row' }, network.element, learning.element), drawer.element),
  );

  // On a phone the curves stand under the playback bar, however many lines that takes.
  new ResizeObserver(([entry]) => {
    document.documentElement.style.setProperty('--playback-height', `${Math.round(entry?.borderBoxSize[0]?.blockSize ?? 0)}px`);
  }).observe(playback.element);

  let shown = false;
  let asked = 0;
  let sampleChanged = true;
  let looks = training.probe;
  let { said } = training;
  const draw = (): void => {
    asked = 0;
    element.dataset.status = training.status;
    element.dataset.step = String(training.step);
    const heldOut = training.history.heldOutAccuracy.y.at(-1);
    if (heldOut === undefined) delete element.dataset.heldOut;
    else element.dataset.heldOut = String(heldOut);
    element.classList.toggle('outlived', training.engine.left);
    element.classList.toggle('without-network', training.status === 'failed' && training.info === undefined);
    element.classList.toggle('without-controls', controls.element.hasAttribute('hidden'));
    for (const part of ofTheRun) part.update();
    if (sampleChanged || looks !== training.probe || said !== training.said) {
      sampleChanged = false;
      ({ probe: looks, said } = training);
      for (const part of ofTheSample) part.update();
    }
    drawer.update();
  };
  const ask = (): void => {
    if (shown && asked === 0) asked = requestAnimationFrame(draw);
  };
  const askAnew = (): void => {
    sampleChanged = true;
    ask();
  };
  training.subscribe(ask);
  app.backend.subscribe(ask);
  store.subscribe(askAnew);
  motion.subscribe(askAnew);

  const onKey = (event: KeyboardEvent): void => {
    if (isForView(event) && playback.key(event)) event.preventDefault();
  };
  let opened = false;
  /** A faster backend is looked for when the first network stands, so that nothing waits for it. */
  const considerOnceReady = (): void => {
    const stop = training.subscribe(() => {
      if (training.status !== 'ready') return;
      stop();
      app.backend.considerOnce();
    });
  };
  return {
    element,
    heart: playback.element,
    show: () => {
      shown = true;
      document.addEventListener('keydown', onKey);
      app.notices.dismiss('away');
      motion.goOn();
      if (!opened) {
        opened = true;
        considerOnceReady();
        void training.follow();
      }
      else training.comeBack();
      askAnew();
    },
    hide: () => {
      shown = false;
      document.removeEventListener('keydown', onKey);
      motion.stop();
      const wasRunning = training.running;
      training.leave();
      if (!wasRunning) return;
      app.notices.show({
        name: 'away', kind: 'info', text: 'Training pauses while another view is open; nothing of it is lost.',
        actions: [{ label: 'Back to training', run: () => { store.update({ view: 'train' }); } }],
      });
    },
  };
}
