/** The Compare view: two or three settings in lanes, in lock-step, on one screen. */
import type { App, View } from '../../app';
import { BACKEND_WORDS } from '../../run/backend';
import { Race, type Lane, type RaceStatus } from '../../run/race';
import { choiceWords } from '../../state/fields';
import { laneNotes, MAX_LANES, type LaneChange } from '../../state/settings';
import type { SessionConfig } from '../../worker/protocol';
import { drawThumbnail } from '../cloud/thumbnail';
import { announce } from '../shared/announce';
import { Curves } from '../shared/curves';
import { h, say } from '../shared/element';
import { isForView } from '../shared/keys';
import { createEnergy, nanojoules } from './energy';
import { createLaneEditor } from './lane-editor';
import { DASHES, laneColour, laneWords, stepsWords, swatch } from './lanes';
import { smoothed } from '../shared/learning';
import { methodsInUse } from '../settings/method-sections';
import { createMessage, twinWords, waitingWords } from '../shared/message';
import { button, counted, grouped, panel, percent, scroller, sentenceOf } from '../shared/part';
import { Picture } from '../shared/picture';
import { SpikeRaster } from '../shared/raster';
import { createSeeds } from './seeds';
import '../shared/playback.css';
import './compare.css';

const STATUS_WORDS: Record<RaceStatus, string> = {
  starting: 'Setting the networks up.',
  ready: 'Ready: untrained, every answer is a guess.',
  running: 'Training all lanes, step by step.',
  paused: 'Paused.',
  failed: 'Not running: see the notice above.',
};

const COLUMNS = [
  { key: 'accuracy', label: 'Held-out accuracy', explain: 'Share of samples it was never trained on that it gets right, from the last whole pass over them' },
  { key: 'entropy', label: 'Entropy, bits', explain: 'What a spike can carry, per neuron and time step, counted over each layer' },
  { key: 'rate', label: 'Firing rate', explain: 'Share of neurons and time steps that fire' },
  { key: 'operations', label: 'Synaptic operations', explain: 'Neurons that spikes reach, for one sample' },
  { key: 'energy', label: 'Energy, nJ (45 nm)', explain: 'For one sample on neuromorphic hardware, estimated: the formula stands under the table' },
  { key: 'energy-paper', label: 'Energy, nJ (Ternary Spike)', explain: "The same by the Ternary Spike paper's figures" },
  { key: 'milliseconds', label: 'Step, ms', explain: 'One training step on this machine, with its way to the worker and back' },
  { key: 'parameters', label: 'Parameters', explain: 'Trained numbers' },
] as const;

/** A mean over all neurons of a lane's layers. */
function overNeurons(lane: Lane | undefined, value: (layer: { rate: number; entropy: number }) => number): number | undefined {
  const layers = lane?.evaluation?.layers ?? [];
  const neurons = layers.reduce((sum, layer) => sum + layer.neurons, 0);
  // A lane of rectified units sends no spikes.
  if (neurons === 0) return undefined;
  return layers.reduce((sum, layer) => sum + layer.neurons * value(layer), 0) / neurons;
}

export function createCompareView(app: App): View {
  const { store, desk, notices } = app;
  const race = new Race(desk, store, notices);

  const toggle = (): void => {
    if (race.running) race.pause();
    else race.start('paused');
  };
  const play = button('Race', { class: 'primary', 'data-test': 'race-play', title: 'Start or pause all lanes (space bar)', 'aria-keyshortcuts': 'Space' }, toggle);
  const epoch = button('One epoch', { 'data-test': 'race-epoch' }, () => { race.start('epoch'); });
  const reset = button('Reset', { 'data-test': 'race-reset', title: 'Back to untrained weights' }, () => { void race.reset(); });
  const figures = h('dl', { class: 'figures' });
  const figure = (label: string): HTMLElement => {
    const value = h('dd', { class: 'figure', text: '-' });
    figures.append(h('div', {}, h('dt', { text: label }), value));
    return value;
  };
  const [stepValue, epochValue, seedValue, backendValue] = [figure('Step'), figure('Epoch'), figure('Seed'), figure('Runs on')];
  const message = createMessage();
  const playback = h('section', { class: 'panel playback', 'aria-label': 'Playback of the race', 'data-panel': 'playback' }, h('div', { class: 'toolbar' }, play, epoch, reset), figures, message.element);

  const shared = h('p', { class: 'caption shared' });
  const change = h('a', { href: '#', text: 'Change them in the Train view' });
  change.addEventListener('click', (event) => {
    event.preventDefault();
    store.update({ view: 'train' });
  });
  const cards = h('div', { class: 'lanes' });
  const add = button('Add a lane', { 'data-test': 'add-lane' }, () => { store.update({ lanes: [...store.state.lanes, { spike: 'binary' }] }); });
  const lanesPanel = panel(app, 'lanes', 'The lanes', h('p', { class: 'caption' }, shared, ' ', change), cards, h('div', { class: 'toolbar' }, add));

  const charts = h('div', { class: 'curve-pair columns' });
  const curves = panel(app, 'curves', 'How they learn', charts);
  const body = h('tbody');
  const table = h('table', { class: 'numbers compare-table' }, h('caption', { class: 'visually-hidden', text: 'The lanes in figures' }),
    h('thead', {}, h('tr', {}, h('th', { scope: 'col', text: 'Lane' }), ...COLUMNS.map(({ label, explain }) => h('th', { scope: 'col', title: explain, text: label })))), body);
  const energy = createEnergy();
  const terms = h('details', {}, h('summary', { text: 'What the columns mean' }), h('dl', { class: 'terms' }, ...COLUMNS.flatMap(({ label, explain }) => [h('dt', { text: label }), h('dd', { text: `${explain}.` })])));
  const numbers = panel(
    app, 'table', 'What they cost and what they are worth',
    scroller('The lanes in figures', table),
    h('p', { class: 'caption', text: 'All lanes start from the same weights and see the same batches in the same order. This is one seed: a difference of a point or so may be chance. Spikes are counted on the first 256 held-out samples.' }),
    energy.element, terms,
  );
  const seeds = createSeeds(app, race);
  const element = h('div', { class: 'compare' }, playback, lanesPanel, curves, numbers, seeds.element);

  let cells: Map<string, HTMLElement>[] = [];
  let shows: LaneShow[] = [];
  let [loss, accuracy]: (Curves | undefined)[] = [];
  let built = '';
  const build = (lanes: readonly LaneChange[]): void => {
    for (const replaced of [...shows, loss, accuracy]) replaced?.letGo();
    shows = lanes.map((_, i) => createLaneShow(app, i));
    cards.replaceChildren(...shows.map((show) => show.element));
    cells = lanes.map((_, i) => new Map(COLUMNS.map(({ key }) => [key, h('td', { 'data-lane': i, 'data-figure': key, text: '-' })])));
    body.replaceChildren(...cells.map((row, i) => h('tr', {}, h('th', { scope: 'row' }, swatch(i), laneWords(lanes[i] ?? {}, store.state.config)), ...row.values())));
    const lines = lanes.map((lane, i) => ({ label: laneWords(lane, store.state.config), colour: laneColour(i), dash: DASHES[i] ?? [], width: 2 }));
    loss = new Curves({ title: 'Training loss, mean of 20 steps', xLabel: 'step', lines, height: 220, range: [0, null], format: (value) => value.toFixed(2) });
    accuracy = new Curves({ title: 'Held-out accuracy', xLabel: 'step', lines: lines.map((line) => ({ ...line, dots: true })), height: 220, range: [0, 1], format: (value) => percent(value, 0) });
    charts.replaceChildren(loss.element, accuracy.element);
  };

  let shown = false;
  let asked = 0;
  const draw = (): void => {
    asked = 0;
    const { lanes } = store.state;
    const key = JSON.stringify([lanes, store.state.config.surrogate, store.state.config.network]);
    if (key !== built) {
      built = key;
      build(lanes);
    }
    element.dataset.status = race.status;
    element.dataset.step = String(race.step);
    const { status } = race;
    playback.hidden = !app.shows('playback');
    say(play, race.running ? 'Pause' : 'Race');
    play.disabled = (status !== 'ready' && status !== 'running' && status !== 'paused') || ((race.finished || race.allStopped) && !race.running);
    epoch.disabled = (status !== 'ready' && status !== 'paused') || race.finished || race.allStopped;
    reset.disabled = status === 'starting';
    say(stepValue, race.lanes.length === 0 ? '-' : `${grouped(race.step)} of ${grouped(race.plannedSteps)}`);
    say(epochValue, race.lanes.length === 0 ? '-' : `${(race.step / race.stepsPerEpoch).toFixed(2)} of ${store.state.config.epochs}`);
    say(seedValue, String(race.seed));
    say(backendValue, BACKEND_WORDS[app.backend.name]);
    element.classList.toggle('outlived', race.outlived);
    const twin = race.preparation.report;
    const seconds = status === 'starting' || status === 'running' ? race.waiting.seconds : 0;
    if (twin !== undefined && status === 'running') message.show(twinWords(twin).words, seconds, twinWords(twin).figures);
    else message.show(messageWords(), seconds);
    announce(statusWords());
    say(shared, sharedWords({ ...store.state.config, seed: race.seed }));
    add.hidden = lanes.length >= MAX_LANES;
    shows.forEach((show) => { show.update(race); });
    drawFigures();
    drawCurves();
    energy.update(race.lanes, lanes.map((lane) => laneWords(lane, store.state.config)));
    seeds.update();
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
  const drawFigures = (): void => {
    cells.forEach((row, i) => {
      const lane = race.lanes[i];
      const now = lane?.evaluation;
      const heldOut = lane?.history.heldOutAccuracy.y.at(-1);
      const rate = overNeurons(lane, (layer) => layer.rate);
      const values: Record<string, string> = {
        accuracy: heldOut === undefined ? '-' : percent(heldOut),
        entropy: overNeurons(lane, (layer) => layer.entropy)?.toFixed(3) ?? '-',
        rate: rate === undefined ? '-' : percent(rate),
        operations: now === undefined ? '-' : grouped(now.energy.synapticOperations),
        energy: now === undefined ? '-' : nanojoules(now.energy.nanojoules45nm),
        'energy-paper': now === undefined ? '-' : nanojoules(now.energy.nanojoulesTernaryPaper),
        milliseconds: lane === undefined || lane.stepMs === 0 ? '-' : lane.stepMs.toFixed(1),
        parameters: lane === undefined ? '-' : grouped(lane.info.parameters),
      };
      for (const [column, cell] of row) say(cell, values[column] ?? '');
    });
  };
  let drawnPoints = '';
  const drawCurves = (): void => {
    const points = race.lanes.map((lane) => `${lane.config.seed}:${lane.history.loss.x.length}:${lane.history.heldOutLoss.x.at(-1) ?? ''}`).join();
    if (`${built}${points}` === drawnPoints || race.lanes.length !== store.state.lanes.length) return;
    drawnPoints = `${built}${points}`;
    const best = [...race.lanes.entries()].filter(([, lane]) => lane.stopped === undefined).sort(([, a], [, b]) => (b.history.heldOutAccuracy.y.at(-1) ?? 0) - (a.history.heldOutAccuracy.y.at(-1) ?? 0))[0];
    const heldOut = best?.[1].history.heldOutAccuracy.y.at(-1);
    loss?.draw(race.lanes.map((lane) => smoothed(lane.history.loss)), `How far the answers are from the truth, after ${counted(race.step, 'step')} in every lane${race.lanes.some((lane) => lane.stopped !== undefined) ? ' that still trains' : ''}: lower is better.`);
    accuracy?.draw(race.lanes.map((lane) => lane.history.heldOutAccuracy), heldOut === undefined || best === undefined ? 'Not tested yet.' : `Ahead for now: ${laneWords(store.state.lanes[best[0]] ?? {}, store.state.config)} with ${percent(heldOut)}.`);
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
      if (race.lanes.length === 0 && race.status !== 'failed') void race.follow();
      ask();
    },
    hide: () => {
      shown = false;
      document.removeEventListener('keydown', onKey);
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
  const blocks = config.network === 'resnet' ? `, ${counted(config.blocks, 'block')} a stage` : config.network === 'pointnet' ? ` and ${config.head.join('-')} behind the maximum, ${counted(config.points, 'point')}` : '';
  // What spikes a lane has is its own affair.
  const methods = methodsInUse({ ...config, spike: 'binary' });
  return `What all lanes share: ${of('data')}, ${of('network')} ${config.widths.join('-')}${blocks}, ${stepsWords(config)}, ${of('optimiser')} at ${config.rate}, batches of ${config.batch}, ${counted(config.epochs, 'epoch')}, seed ${config.seed}${methods === '' ? '' : `, ${methods}`}.`;
}

interface LaneShow {
  readonly element: HTMLElement;
  update(race: Race): void;
  /** Lets the drawings go once another lane stands in this one's place. */
  letGo(): void;
}

/** One lane: its settings, and the spikes of its first layer for one held-out sample. */
function createLaneShow(app: App, index: number): LaneShow {
  const { store } = app;
  const editor = createLaneEditor(app, index);
  const remove = button('Remove', { class: 'quiet', 'aria-label': `Remove lane ${index + 1}` }, () => { store.update({ lanes: store.state.lanes.filter((_, i) => i !== index) }); });
  remove.hidden = store.state.lanes.length < 2;
  const picture = new Picture('pixels lane-sample', { role: 'img' });
  const sample = h('div', {}, picture.element);
  const verdict = h('p', { class: 'verdict' });
  const raster = new SpikeRaster('raster lane-raster');
  const said = h('p', { class: 'caption said' });
  const element = h(
    'section', { class: 'lane', 'aria-label': `Lane ${index + 1}` },
    h('div', { class: 'lane-head' }, h('h3', {}, swatch(index), laneWords(store.state.lanes[index] ?? {}, store.state.config)), remove),
    editor,
    said,
    h('div', { class: 'lane-look' }, sample, verdict),
    h('figure', {}, h('figcaption', { class: 'caption', text: 'Spikes of the first layer for this sample' }), raster.element),
  );
  let drawn: unknown;
  const update = (race: Race): void => {
    const lane = race.lanes[index];
    const mended = sentenceOf(laneNotes(store.state.config, store.state.lanes[index] ?? {}));
    say(said, [mended, lane?.stopped ?? ''].join(' ').trim());
    const { probe, config } = lane ?? {};
    if (probe === undefined || config === undefined || probe === drawn) return;
    drawn = probe;
    const drawing = probe.cloud === undefined ? picture.element : sample.querySelector<HTMLCanvasElement>('canvas.cloud-thumbnail') ?? h('canvas', { class: 'lane-sample', role: 'img' });
    if (drawing.parentElement !== sample) sample.replaceChildren(drawing);
    if (probe.cloud === undefined) picture.drawGreys(probe.pixels, probe.height, probe.width, 1);
    else drawThumbnail(drawing, probe.cloud.points);
    const answer = race.data?.classes[probe.answer] ?? '';
    const truth = race.data?.classes[probe.label ?? -1] ?? '';
    const right = probe.answer === probe.label;
    drawing.setAttribute('aria-label', `A held-out sample: ${truth}.`);
    verdict.dataset.answer = right ? 'right' : 'wrong';
    say(verdict, `${right ? '✓' : '✗'} ${answer}, ${percent(probe.confidence, 0)} sure`);
    const [layer] = probe.layers;
    if (layer !== undefined) raster.draw({ layer, steps: probe.steps, kind: config.spike, rectified: lane?.info.layers[0]?.spiking === false });
  };
  const letGo = (): void => {
    picture.letGo();
    raster.letGo();
  };
  return { element, update, letGo };
}
