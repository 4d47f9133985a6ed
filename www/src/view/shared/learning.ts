/** The curves of the run so far, and the run's numbers to take away. */
import type { App } from '../../app';
import { choose } from '../../run/choose';
import { runOf, stateOf } from '../../run/train';
import { changeWords } from '../../state/change-words';
import { formatLink } from '../../state/link';
import { takenBack } from '../../state/live';
import type { Points, RunHistory } from '../../run/history';
import { Curves, type Line } from './curves';
import { h, say } from './element';
import { keptFold } from './fold';
import { changes } from './kept';
import { download } from './download';
import { button, panel, percent, type Part } from './part';

/** Training batches are few samples, so their line is the mean of this many steps. */
const SMOOTHED_STEPS = 20;

/** Both charts stand beside the stage, always in sight, and are as high at least. */
const CHART_HEIGHT = 94;

/** Each point the mean of the last few. */
export function smoothed({ x, y }: Points, window = SMOOTHED_STEPS): Line {
  let sum = 0;
  const means = y.map((value, i) => {
    sum += value;
    if (i >= window) sum -= y[i - window] ?? 0;
    return sum / Math.min(i + 1, window);
  });
  return { x, y: means };
}

/** The held-out line, with the newest figure at its end, as the bar has it, before a whole pass is over. */
function withNewest({ x, y }: Points, step: number, value: number | undefined): Line {
  return value === undefined || step <= (x.at(-1) ?? -1) ? { x, y } : { x: [...x, step], y: [...y, value] };
}

/** A run that is shorter leaves nothing to compare with. */
const LEAST_GHOST = SMOOTHED_STEPS;
const NOTHING: Line = { x: [], y: [] };

/** The training curves of the run before the present one, so that the effect of a change can be seen. */
class Ghost {
  private present: { readonly history: RunHistory; readonly data: string | undefined } | undefined;
  private before = { loss: NOTHING, accuracy: NOTHING };

  /** `data`: the data set's name; runs on others are no measure. */
  behind(history: RunHistory, data: string | undefined): { readonly loss: Line; readonly accuracy: Line } {
    const { present } = this;
    if (present !== undefined && present.data !== data) this.before = { loss: NOTHING, accuracy: NOTHING };
    // Settings are changed several at a time: what was opened between and hardly ran takes no run's place.
    else if (present !== undefined && present.history !== history && present.history.loss.x.length >= LEAST_GHOST) {
      this.before = { loss: smoothed(present.history.loss), accuracy: smoothed(present.history.accuracy) };
    }
    this.present = { history, data };
    return this.before;
  }
}

export function createLearning(app: App): Part {
  const { training } = app;
  const train = { label: 'training', colour: (theme: { muted: string }) => theme.muted } as const;
  const heldOut = { label: 'held out', colour: (theme: { accent: string }) => theme.accent, dots: true, width: 2 } as const;
  const before = { label: 'run before', colour: (theme: { muted: string }) => theme.muted, dash: [2, 3], width: 1 } as const;
  const both = { xLabel: 'step', bare: true, lines: [train, heldOut, before], height: CHART_HEIGHT } as const;
  const loss = new Curves({ ...both, title: 'Loss', range: [0, null], format: (value) => value.toFixed(2) });
  const accuracy = new Curves({ ...both, title: 'Accuracy', range: [0, 1], format: (value) => percent(value, 0) });
  const exports = h(
    'details', { class: 'exports' }, h('summary', { text: 'Take the numbers away' }),
    h('div', { class: 'toolbar' },
      button('Numbers as CSV', { 'data-test': 'export-csv', title: 'One row a step' },
        () => { download('run.csv', new Blob([training.history.csv()], { type: 'text/csv' })); }),
      button('Numbers as JSON', { 'data-test': 'export-json', title: 'Settings, curves and held-out figures' },
        () => { download('run.json', new Blob([runJson(app)], { type: 'application/json' })); }),
      button('Picture of the loss', {}, () => { void picture('loss.png', loss); }),
      button('Picture of the accuracy', {}, () => { void picture('accuracy.png', accuracy); }),
      button('Weights', { 'data-test': 'export-weights', title: 'A safetensors file' }, () => { void takeWeights(app, false); }),
      button('Folded weights', { 'data-test': 'export-folded', title: 'A safetensors file' }, () => { void takeWeights(app, true); })),
    h('p', { class: 'caption', text: `Training is the mean of the last ${SMOOTHED_STEPS} steps. Weights are those of the present step. Folded, batch `
      + 'norm and the heights of spikes are worked into them, which '
      + 'gives the same answers with nothing more to compute; binary weights become single bits with one scale a channel.' }),
  );
  keptFold(exports, () => 'exports', () => false);
  const follow = (): void => {
    exports.hidden = !app.shows('export');
  };
  follow();
  app.store.subscribe(follow);
  const changedWords = h('span', { class: 'on-the-way' });
  const onTheWay = h('p', { class: 'caption changed-on-the-way', hidden: true }, changedWords, ' ',
    button('Undo', { class: 'link', 'data-test': 'take-back', title: 'Sets back what was changed last, from the next step on' }, () => {
      const back = takenBack(runOf(app.store.state), training.step);
      if (back !== undefined) choose(app.store, app.notices, back, (config) => training.changedTo(config));
    }));
  const element = panel(app, 'curves', 'How it learns', h('div', { class: 'curve-pair' }, loss.element, accuracy.element), onTheWay, exports);

  const [changed, worded] = [changes(), changes()];
  const ghost = new Ghost();
  const update = (): void => {
    const { history } = training;
    // Before there is a network there is nothing to draw, and what draws would hold up what the network waits for.
    if (training.info === undefined) return;
    const run = runOf(app.store.state);
    const { evaluation, evaluationStep } = training.heldOut;
    if (!changed(history, history.loss.x.length, history.heldOutLoss.x.length, history.heldOutLoss.x.at(-1), evaluation, run)) return;
    const marks = (run.changes ?? []).map(({ step }) => step).filter((step) => step <= training.step);
    if (worded(run, marks.length)) {
      const words = changeWords(run, training.step);
      onTheWay.hidden = words.length === 0;
      say(changedWords, `Changed at ${words.at(-1) ?? ''}.`);
      onTheWay.title = words.length < 2 ? '' : `Changed on the way, each from its step on: ${words.join('; ')}`;
    }
    const { loss: lossBefore, accuracy: accuracyBefore } = ghost.behind(history, training.data?.name);
    element.classList.toggle('with-ghost', lossBefore.x.length > 0);
    const now = (points: Points, format: (value: number) => string): string => {
      const last = points.y.at(-1);
      return last === undefined ? 'no whole pass yet' : format(last);
    };
    const heldOutLoss = withNewest(history.heldOutLoss, evaluationStep, evaluation?.loss);
    const heldOutAccuracy = withNewest(history.heldOutAccuracy, evaluationStep, evaluation?.accuracy);
    loss.draw([smoothed(history.loss), heldOutLoss, lossBefore], `How far the answers are from the truth: lower is better. Held out: `
      + `${now(history.heldOutLoss, (value) => value.toFixed(3))}.`, marks);
    accuracy.draw([smoothed(history.accuracy), heldOutAccuracy, accuracyBefore], `Share of right answers. Held out: `
      + `${now(history.heldOutAccuracy, (value) => percent(value))}.`, marks);
  };
  return { element, update };
}

function runJson(app: App): string {
  const { training, store, backend } = app;
  const { heldOut: { evaluation }, history, info, data } = training;
  const { loss, accuracy, heldOutLoss, heldOutAccuracy } = history;
  const config = info?.config ?? store.state.config;
  return JSON.stringify({
    // The settings may have been changed since, in vain.
    link: formatLink({ ...store.state, ...stateOf(config) }, true),
    config,
    backend: backend.name,
    step: training.step,
    parameters: info?.parameters,
    classes: data?.classes,
    training: { step: loss.x, loss: loss.y, accuracy: accuracy.y },
    heldOut: { step: heldOutLoss.x, loss: heldOutLoss.y, accuracy: heldOutAccuracy.y },
    ...(evaluation === undefined ? {} : {
      lastEvaluation: { done: evaluation.done, total: evaluation.total, confusion: [...evaluation.confusion], layers: evaluation.layers,
        energy: evaluation.energy },
    }),
  }, undefined, 1);
}

async function takeWeights({ training, notices }: App, folded: boolean): Promise<void> {
  try {
    const bytes = await training.slot.weights(0, folded);
    download(folded ? 'folded.safetensors' : 'weights.safetensors', new Blob([new Uint8Array(bytes)], { type: 'application/octet-stream' }));
  } catch (error) {
    notices.show({ name: 'weights', kind: 'error', text: `The weights could not be had. ${error instanceof Error ? error.message : String(error)}` });
  }
}

async function picture(name: string, curves: Curves): Promise<void> {
  const blob = await curves.picture();
  if (blob !== null) download(name, blob);
}
