/** The bar that starts and stops training and says how far it is. */
import type { App } from '../../app';
import { BACKEND_WORDS } from '../../run/backend';
import { short } from '../../state/figures';
import type { TrainStatus } from '../../run/train';
import { announce } from '../shared/announce';
import { h, say } from '../shared/element';
import type { Progress } from '../../worker/protocol';
import { createMessage, fetchingWords, twinWords, waitingWords } from '../shared/message';
import { button, grouped, withhold, type Part } from '../shared/part';
import { explain, term } from '../shared/term';

const STATUS_WORDS: Record<TrainStatus, string> = {
  starting: 'Setting the network up. Settings can be changed meanwhile.',
  ready: 'Ready.',
  running: 'Training.',
  paused: 'Paused.',
  stopped: 'Stopped: the loss is not a number any more.',
  failed: 'Not running: see the notice above.',
};

const OVER = 'The planned epochs are done, and the learning rate has come to zero: plan more epochs to train on, or reset';

const HELD_OUT = 'Held-out accuracy: the share of samples it was never trained on that it gets right, from the newest pass over them';

export interface Playback extends Part {
  /** Takes a key that was pressed anywhere in the view; false if it means nothing here. */
  key(event: KeyboardEvent): boolean;
}

export function createPlayback(app: App): Playback {
  const { training } = app;
  const toggle = (): void => {
    if (training.running) training.pause();
    else training.start('paused');
  };
  const play = button('Play', { class: 'primary', 'data-test': 'play', disabled: '', title: 'Start or pause training (space bar)',
    'aria-keyshortcuts': 'Space' }, toggle);
  const step = button('One step', { 'data-test': 'step', title: 'Train on one batch (key S)', 'aria-keyshortcuts': 'S' }, () => { training.start('step'); });
  const epoch = button('One epoch', { 'data-test': 'epoch', title: 'Train to the end of the epoch (key E)', 'aria-keyshortcuts': 'E' },
    () => { training.start('epoch'); });
  const reset = button('Reset', { 'data-test': 'reset', title: 'Back to untrained weights, with the same settings and '
    + 'seed' }, () => { void training.reset(); });

  const figures = h('dl', { class: 'figures' });
  const [heldOutName, backendName] = [term('Held out', HELD_OUT), term('Runs on', '')];
  const figure = (label: string, title: string, name: HTMLElement = term(label, title)): HTMLElement => {
    const value = h('dd', { class: 'figure', text: '-' });
    figures.append(h('div', name === heldOutName ? { class: 'dated' } : {}, h('dt', {}, name), value));
    return value;
  };
  const stepValue = figure('Step', 'Batches trained on so far');
  const epochValue = figure('Epoch', 'Passes over the training data, of those planned');
  const heldOutValue = figure('Held out', HELD_OUT, heldOutName);
  const rateValue = figure('Rate', 'Learning rate: how far the last step moved the weights');
  const speedValue = figure('Samples/s', 'Training samples worked through each second');
  speedValue.dataset.test = 'speed';
  const backendValue = figure('Runs on', '', backendName);
  backendValue.parentElement?.classList.add('also-at-the-foot');
  const message = createMessage();
  let fetching: Progress | undefined;

  const element = h('section', { class: 'panel playback', 'aria-label': 'Playback of the run', 'data-panel': 'playback' },
    h('div', { class: 'toolbar' }, play, step, epoch, reset), figures, message.element);

  const update = (): void => {
    element.hidden = !app.shows('playback');
    const { status } = training;
    say(play, training.running ? 'Pause' : 'Play');
    play.disabled = status !== 'ready' && status !== 'running' && status !== 'paused';
    epoch.disabled = status !== 'ready' && status !== 'paused';
    step.disabled = epoch.disabled && !training.stepping;
    for (const control of [play, step, epoch]) withhold(control, training.over ? OVER : undefined);
    reset.disabled = status === 'starting' || (status === 'ready' && training.step === 0);
    const planned = app.store.state.config.epochs;
    say(stepValue, training.plannedSteps > 0 ? `${grouped(training.step)} of ${grouped(training.plannedSteps)}` : grouped(training.step));
    say(epochValue, `${training.epoch.toFixed(2)} of ${planned}`);
    const { evaluation, evaluationStep } = training.heldOut;
    // A step takes a moment and a pass over the held-out part several: the figure is of weights that the run has left behind.
    const figured = training.heldOutFigure;
    const behind = figured === undefined || figured.step === training.step ? '' : `, step ${grouped(figured.step)}`;
    say(heldOutName, `Held out${behind}`);
    const right = figured === undefined ? '-' : `${(100 * figured.accuracy).toFixed(1)} %`;
    say(heldOutValue, evaluation?.unsure !== undefined && evaluation.accuracy === 0 ? 'no answer' : right);
    const of = evaluation === undefined ? '' : ` Now: ${grouped(evaluation.done)} of ${grouped(evaluation.total)}, with the weights of step `
      + `${grouped(evaluationStep)}.`;
    explain(heldOutName, `${HELD_OUT}.${of} ${evaluation?.unsure ?? ''}`.trimEnd());
    say(rateValue, training.info === undefined ? '-' : short(training.rate, 3));
    say(speedValue, training.samplesPerSecond === 0 ? '-' : grouped(training.samplesPerSecond));
    say(backendValue, BACKEND_WORDS[app.backend.name]);
    explain(backendName, app.backend.sentence);
    const twin = training.preparation.report;
    const seconds = status === 'starting' || status === 'running' ? training.waiting.seconds : 0;
    const fetched = status === 'starting' && fetching !== undefined ? fetchingWords(fetching) : undefined;
    if (fetched !== undefined) message.show(fetched.words, 0, `${fetched.figures}.`);
    else if (twin !== undefined && status === 'running') message.show(twinWords(twin).words, seconds, twinWords(twin).figures);
    else message.show(messageWords(app), seconds);
    if (element.isConnected) announce(statusWords(app));
  };

  app.desk.listen({
    progress: (progress) => {
      fetching = progress;
      update();
    },
  });

  const key = (event: KeyboardEvent): boolean => {
    if (element.hidden) return false;
    const wanted = { ' ': play, s: step, e: epoch }[event.key.toLowerCase()];
    if (wanted === undefined || wanted.disabled) return false;
    wanted.click();
    return true;
  };
  return { element, update, key };
}

function messageWords(app: App): string {
  const { training, backend } = app;
  if (training.pausing && training.preparation.report === undefined) return 'Pausing after this step.';
  return (training.running ? waitingWords(training.waiting, training.untried, backend.name) : undefined) ?? statusWords(app);
}

/** What changes when a run begins, ends or stops, and at no step between. */
function statusWords({ training }: App): string {
  const { status, message } = training;
  if (training.outlived) return 'Not running: what is shown is still the run before.';
  if (training.preparation.report !== undefined && status === 'paused') return 'Paused: the ANN twin that guides this run is still being trained.';
  if (message !== '' && (status === 'ready' || status === 'paused')) return message;
  return STATUS_WORDS[status];
}
