/** The Compare view: two or three settings in lanes, in lock-step, on one screen. */
import { render } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { App, View } from '../../app';
import { BACKEND_WORDS } from '../../run/backend';
import { Race, type RaceStatus } from '../../run/race';
import { choiceWords } from '../../state/fields';
import { MAX_LANES } from '../../state/settings';
import { keptRace } from '../../store/kept-views';
import type { SessionConfig } from '../../worker/protocol';
import { methodsInUse } from '../settings/method-sections';
import { announce } from '../shared/announce';
import { h, say } from '../shared/element';
import { Kept } from '../shared/kept';
import { isForView } from '../shared/keys';
import { createMessage, twinWords, waitingWords } from '../shared/message';
import { SlowMotion } from '../shared/motion';
import { button, counted, grouped, panel, withhold } from '../shared/part';
import { createSampleSteps } from '../shared/sample-steps';
import { proposedOf } from '../stage/liveliest';
import { createCharts } from './charts';
import { createFigures } from './figures';
import { LaneMarks } from './lane-marks';
import { createLaneShow, type Shown } from './lane-show';
import { stepsWords } from './lanes';
import { createSeeds } from './seeds';

const STATUS_WORDS: Record<RaceStatus, string> = {
  starting: 'Setting the networks up.',
  ready: 'Ready: untrained, every answer is a guess.',
  running: 'Training all lanes, step by step.',
  paused: 'Paused.',
  failed: 'Not running: see the notice above.',
};

export function createCompareView(app: App): View {
  const { store, desk, notices } = app;
  const race = new Race(desk, store, notices);
  app.keeping.join(keptRace(race, () => store.state));

  const toggle = (): void => {
    if (race.running) race.pause();
    else race.start('paused');
  };
  const play = button(
    'Race', { class: 'primary', 'data-test': 'race-play', title: 'Start or pause all lanes (space bar)', 'aria-keyshortcuts': 'Space' }, toggle,
  );
  const epoch = button('One epoch', { 'data-test': 'race-epoch' }, () => { race.start('epoch'); });
  const reset = button('Reset', { 'data-test': 'race-reset', title: 'Back to untrained weights' }, () => { void race.reset(); });
  const bar = h('dl', { class: 'figures' });
  const figure = (label: string): HTMLElement => {
    const value = h('dd', { class: 'figure', text: '-' });
    bar.append(h('div', {}, h('dt', { text: label }), value));
    return value;
  };
  const [stepValue, epochValue, seedValue, backendValue] = [figure('Step'), figure('Epoch'), figure('Seed'), figure('Runs on')];
  const message = createMessage();
  const playback = h(
    'section', { class: 'panel playback', 'aria-label': 'Playback of the race', 'data-panel': 'playback' },
    h('div', { class: 'toolbar' }, play, epoch, reset), bar, message.element,
  );

  const shared = h('p', { class: 'caption shared' });
  const change = h('a', { href: '#', text: 'Change them in the Train view' });
  change.addEventListener('click', (event) => {
    event.preventDefault();
    store.update({ view: 'train' });
  });
  const cards = h('div', { class: 'lanes' });
  const add = button('Add a lane', { 'data-test': 'add-lane' }, () => {
    store.update({ lanes: [...store.state.lanes, { spike: 'binary' }] });
  });
  const motion = new SlowMotion();
  const marks = new LaneMarks(store);
  const samples = createSampleSteps(app, () => race.data?.heldOut);
  const sample = h('p', { class: 'caption' });
  const lanesPanel = panel(app, 'lanes', 'The lanes', h('p', { class: 'caption' }, shared, ' ', change),
    h('div', { class: 'lanes-head' }, samples.element, sample, motion.element), cards, h('div', { class: 'toolbar' }, add));
  const looked: Shown = {
    motion, marks, isTraining: () => race.running, choose: (choice) => { race.choose(choice); },
  };

  const [charts, figures, seeds] = [createCharts(app, race, marks), createFigures(app, race, marks), createSeeds(app, race, marks)];
  const element = h('div', { class: 'compare' }, playback, lanesPanel, charts.element, figures.element, seeds.element);
  const shows = new Kept((_, place) => createLaneShow(app, place, looked));

  let shown = false;
  let asked = 0;
  const draw = (): void => {
    asked = 0;
    const { lanes } = store.state;
    element.dataset.status = race.status;
    element.dataset.step = String(race.step);
    const { status } = race;
    playback.hidden = !app.shows('playback');
    say(play, race.running ? 'Pause' : 'Race');
    play.disabled = status !== 'ready' && status !== 'running' && status !== 'paused';
    epoch.disabled = status !== 'ready' && status !== 'paused';
    withhold(play, race.running ? undefined : race.over);
    withhold(epoch, race.over);
    reset.disabled = status === 'starting';
    say(stepValue, race.lanes.length === 0 ? '-' : `${grouped(race.step)} of ${grouped(race.plannedSteps)}`);
    say(epochValue, race.lanes.length === 0 ? '-' : `${(race.step / race.stepsPerEpoch).toFixed(2)} of ${store.state.config.epochs}`);
    say(seedValue, String(race.seed));
    say(backendValue, BACKEND_WORDS[app.backend.name]);
    element.classList.toggle('outlived', race.engine.left);
    element.classList.toggle('without-network', status === 'failed' && race.lanes.length === 0);
    const twin = race.preparation.report;
    const seconds = status === 'starting' || status === 'running' ? race.waiting.seconds : 0;
    if (twin !== undefined && status === 'running') message.show(twinWords(twin).words, seconds, twinWords(twin).figures);
    else message.show(messageWords(), seconds);
    announce(statusWords());
    say(shared, sharedWords({ ...store.state.config, seed: race.seed }));
    add.hidden = lanes.length >= MAX_LANES;
    drawLanes(lanes.length);
    for (const part of [charts, figures, seeds]) part.update();
  };
  const messageWords = (): string => {
    if (race.pausing && race.preparation.report === undefined) return 'Pausing after this step.';
    return (race.running ? waitingWords(race.waiting, race.untried, app.backend.name) : undefined) ?? statusWords();
  };
  /** What changes when a race begins, ends or stops, and at no step between. */
  const statusWords = (): string => {
    const { status } = race;
    if (race.outlived) return 'Not running: what is shown is still the race before.';
    if (race.preparation.report !== undefined && status === 'paused') return 'Paused: the ANN twin that guides a lane is still being trained.';
    if (race.message !== '' && (status === 'paused' || status === 'ready')) return race.message;
    return STATUS_WORDS[status];
  };
  const drawLanes = (count: number): void => {
    // A lane is its place: what has the focus in it stays while its settings change.
    const probes = race.lanes.flatMap(({ probe }) => probe ?? []);
    motion.setSteps(Math.max(1, ...probes.map(({ steps }) => steps)));
    samples.update();
    say(sample, `One held-out sample on its way through every network. A click chooses a neuron in all of them.${race.step > 0
      ? ' Another setting of a lane starts a new race.' : ''}`);
    const proposed = proposedOf(probes, race.choice);
    if (proposed !== undefined) race.choose(proposed);
    const standing = shows.of(Array.from({ length: count }, (_, place) => `lane ${place + 1}`));
    const had = cards.contains(document.activeElement);
    render(repeat(standing, (show) => show, (show) => show.element), cards);
    for (const show of standing) show.update(race);
    if (had && !cards.contains(document.activeElement)) add.focus();
  };
  const ask = (): void => {
    if (shown && asked === 0) asked = requestAnimationFrame(draw);
  };
  race.subscribe(() => {
    if (race.status === 'ready') app.backend.considerOnce();
    ask();
  });
  app.backend.subscribe(ask);
  store.subscribe(ask);

  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== ' ' || !isForView(event) || play.disabled) return;
    event.preventDefault();
    toggle();
  };
  return {
    element,
    heart: playback,
    show: () => {
      shown = true;
      document.addEventListener('keydown', onKey);
      notices.dismiss('race-away');
      motion.goOn();
      if (race.lanes.length === 0 && race.status !== 'failed') void race.follow();
      ask();
    },
    hide: () => {
      shown = false;
      document.removeEventListener('keydown', onKey);
      motion.stop();
      if (!race.running) return;
      race.pause();
      notices.show({
        name: 'race-away', kind: 'info', text: 'The race pauses while another view is open; nothing of it is lost.',
        actions: [{ label: 'Back to the race', run: () => { store.update({ view: 'compare' }); } }],
      });
    },
  };
}

function sharedWords(config: SessionConfig): string {
  const of = (key: 'data' | 'network' | 'optimiser'): string => choiceWords(key, config);
  const { network, blocks, head, points } = config;
  const depth = network === 'resnet' ? `, ${counted(blocks, 'block')} a stage` : '';
  const behind = network === 'pointnet' ? ` and ${head.join('-')} behind the maximum, ${counted(points, 'point')}` : '';
  // What spikes a lane has is its own affair.
  const methods = methodsInUse({ ...config, spike: 'binary' });
  const net = `${of('network')} ${config.widths.join('-')}${depth}${behind}, ${stepsWords(config)}`;
  const learning = `${of('optimiser')} at ${config.rate}, batches of ${config.batch}, ${counted(config.epochs, 'epoch')}, seed ${config.seed}`;
  return `What all lanes share: ${of('data')}, ${net}, ${learning}${methods === '' ? '' : `, ${methods}`}.`;
}
