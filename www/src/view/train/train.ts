/** The Train view: settings, playback, and everything to watch while the network learns. */
import type { App, View } from '../../app';
import { createConfusion } from './confusion';
import { createControls } from '../settings/controls';
import { h } from '../shared/element';
import { isForView } from '../shared/keys';
import { createGradients } from './gradients';
import { createLayerTable } from './layer-table';
import { createLearning } from '../shared/learning';
import { createLooked } from './looked';
import { createMaps } from './maps';
import { SlowMotion } from '../shared/motion';
import type { Part } from '../shared/part';
import { createPlayback } from './playback';
import { createPotential } from './potential';
import { createPotentials } from './potentials';
import { createSamples } from './samples';
import { createSteps } from './steps';
import './train.css';

export function createTrainView(app: App): View {
  const { training, store } = app;
  const motion = new SlowMotion();
  const controls = createControls(app);
  const playback = createPlayback(app);
  const [learning, looked, maps, potential] = [createLearning(app), createLooked(app, motion), createMaps(app, motion), createPotential(app, motion)];
  const [samples, layers, confusion, steps] = [createSamples(app), createLayerTable(app), createConfusion(app), createSteps(app)];
  const [gradients, potentials] = [createGradients(app), createPotentials(app)];
  /** What shows one sample, which changes with every look at it and every time step. */
  const ofTheSample: readonly Part[] = [looked, maps, potential, potentials];
  const ofTheRun: readonly Part[] = [playback, learning, steps, gradients, samples, layers, confusion];
  const element = h(
    'div', { class: 'train' },
    controls.element,
    h('div', { class: 'stage' }, playback.element, h('div', { class: 'panels' },
      h('div', { class: 'panel-column' }, learning.element, steps.element, gradients.element, samples.element, confusion.element),
      h('div', { class: 'panel-column' }, looked.element, potential.element, potentials.element, maps.element, layers.element))),
  );

  let shown = false;
  let asked = 0;
  let sampleChanged = true;
  let looks = training.probe;
  const draw = (): void => {
    asked = 0;
    element.dataset.status = training.status;
    element.dataset.step = String(training.step);
    const heldOut = training.history.heldOutAccuracy.y.at(-1);
    if (heldOut === undefined) delete element.dataset.heldOut;
    else element.dataset.heldOut = String(heldOut);
    element.classList.toggle('outlived', training.outlived);
    element.classList.toggle('without-network', training.status === 'failed' && training.info === undefined);
    element.classList.toggle('without-controls', controls.element.hasAttribute('hidden'));
    for (const part of ofTheRun) part.update();
    if (!sampleChanged && looks === training.probe) return;
    sampleChanged = false;
    looks = training.probe;
    for (const part of ofTheSample) part.update();
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
