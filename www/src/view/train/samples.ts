/** Held-out samples with the answers so far; one of them is looked at. */
import type { App } from '../../app';
import { NOT_ASKED } from '../../state/core-settings';
import type { DataInfo, EvaluationReport } from '../../worker/protocol';
import { drawThumbnail } from '../cloud/thumbnail';
import { h, say } from '../shared/element';
import { changes } from '../shared/kept';
import { button, counted, grouped, panel, percent, type Part } from '../shared/part';
import { Picture } from '../shared/picture';

const PAGE = 30;
/** All of a page at once would hold the page up. */
const DRAWN_A_FRAME = 6;

interface Thumb {
  readonly element: HTMLButtonElement;
  readonly picture: Picture;
  /** Stands in the picture's place where samples are clouds. */
  readonly cloud: HTMLCanvasElement;
  readonly words: HTMLElement;
  sample: number | undefined;
  /** Whether it is to show another sample than before, or the same one of another data set. */
  readonly changed: ReturnType<typeof changes>;
  /** Whether it does not show it yet. */
  isStale: boolean;
}

export function createSamples(app: App): Part {
  const { training, store } = app;
  let first = 0;
  let onlyWrong = false;
  /** The samples that the strip pages through. */
  let listed: number[] = [];
  /** The last pass that went through all samples. */
  let whole: EvaluationReport | undefined;
  const otherList = changes();
  let asked = 0;

  const thumbs = Array.from({ length: PAGE }, () => makeThumb((sample) => { store.update({ sample }, 'replace'); }));
  const earlier = button('Earlier', { title: 'The samples before these' }, () => { turn(-PAGE); });
  const later = button('Later', { title: 'The samples after these' }, () => { turn(PAGE); });
  const wrong = h('input', { type: 'checkbox', 'data-test': 'only-wrong' });
  const range = h('span', { class: 'caption figure' });
  const strip = h('div', { class: 'strip' }, ...thumbs.map((thumb) => thumb.element));
  const element = panel(
    app, 'samples', 'Answers to held-out samples',
    h('div', { class: 'toolbar' }, earlier, later, range, h('label', { class: 'toggle' }, wrong, 'Only the wrong ones')),
    strip,
    h('p', { class: 'caption', text: 'The network never trains on these. ✓ is right, ✗ is wrong; choose one to look at it spike by spike.' }),
  );
  wrong.addEventListener('change', () => {
    onlyWrong = wrong.checked;
    first = 0;
    update();
  });
  const turn = (by: number): void => {
    first = Math.max(0, first + by);
    update();
  };

  const list = (): void => {
    const { answers, labels, evaluation } = training.heldOut;
    // Anew only when a pass is through: samples that come and go while one looks at them cannot be looked at.
    if (evaluation?.done === evaluation?.total) whole = evaluation;
    if (!otherList(labels, onlyWrong, onlyWrong ? whole : undefined)) return;
    const all = inOrder(labels);
    listed = onlyWrong ? all.filter((i) => answers[i] !== NOT_ASKED && answers[i] !== labels[i]) : all;
    if (first >= listed.length) first = 0;
  };

  const fill = (thumb: Thumb, sample: number | undefined): void => {
    thumb.element.hidden = sample === undefined;
    const { data, heldOut: { labels, answers, confidences } } = training;
    if (sample === undefined || data === undefined) return;
    thumb.sample = sample;
    const answer = answers[sample] ?? NOT_ASKED;
    const right = answer === labels[sample];
    const named = data.classes[answer] ?? 'nothing';
    const kind = answer === NOT_ASKED ? 'unknown' : right ? 'right' : 'wrong';
    if (thumb.element.dataset.answer !== kind) thumb.element.dataset.answer = kind;
    say(thumb.words, answer === NOT_ASKED ? '·' : `${right ? '✓' : '✗'} ${named}`);
    const truth = data.classes[labels[sample] ?? 0] ?? '';
    const verdict = answer === NOT_ASKED
      ? 'not answered yet'
      : `answered ${named} with ${percent(confidences[sample] ?? 0, 0)}, ${right ? 'right' : 'wrong'}`;
    const sentence = `Sample ${sample}: ${truth}, ${verdict}`;
    if (thumb.element.title !== sentence) {
      thumb.element.title = sentence;
      thumb.element.setAttribute('aria-label', sentence);
    }
    const looked = String(sample === store.state.sample);
    if (thumb.element.getAttribute('aria-pressed') !== looked) thumb.element.setAttribute('aria-pressed', looked);
  };

  /** Draws a few of the thumbs that do not show their sample yet, and the others in the next frames. */
  const draw = (data: DataInfo): void => {
    let left = DRAWN_A_FRAME;
    for (const thumb of thumbs) {
      const { sample, picture, cloud } = thumb;
      if (sample === undefined || thumb.element.hidden) continue;
      const values = valuesOf(sample, data);
      if (values === undefined) continue;
      if (thumb.changed(sample, values.buffer)) thumb.isStale = true;
      if (!thumb.isStale) continue;
      if (left === 0) {
        if (asked === 0) asked = requestAnimationFrame(update);
        return;
      }
      left -= 1;
      thumb.isStale = false;
      picture.element.hidden = data.form === 'cloud';
      cloud.hidden = data.form === 'image';
      if (values instanceof Float32Array) drawThumbnail(cloud, values);
      else picture.drawImage(values, data, 255);
    }
  };
  /** A sample's pixels or points; undefined while they are on their way. */
  const valuesOf = (sample: number, { form, channels, height, width }: DataInfo): Uint8Array | Float32Array | undefined => {
    const { images, clouds } = training.heldOut;
    return form === 'cloud' ? clouds?.at(sample) : images.subarray(sample * channels * height * width, (sample + 1) * channels * height * width);
  };

  const update = (): void => {
    cancelAnimationFrame(asked);
    asked = 0;
    list();
    const { labels, known, evaluation } = training.heldOut;
    strip.classList.toggle('long-names', training.data?.classes.some((name) => name.length > 2) === true);
    element.dataset.form = training.data?.form ?? 'image';
    thumbs.forEach((thumb, i) => { fill(thumb, known ? listed[first + i] : undefined); });
    if (training.data !== undefined && known) draw(training.data);
    earlier.disabled = first === 0;
    later.disabled = first + PAGE >= listed.length;
    const last = Math.min(first + PAGE, listed.length);
    const none = onlyWrong && labels.length > 0 ? (evaluation === undefined ? 'none of them is answered yet' : 'none of them is wrong') : '';
    say(range, listed.length === 0 ? none : `${grouped(first + 1)} to ${grouped(last)} of ${counted(listed.length, onlyWrong ? 'wrong answer' : 'sample')}`);
  };
  return { element, update };
}

/** The order in which samples are shown: as they stand or, where they stand class by class, the first of each class, then the second. */
function inOrder(labels: Uint8Array): number[] {
  const all = Array.from(labels, (_, i) => i);
  if (labels.some((label, i) => label < (labels[i - 1] ?? 0))) return all;
  const seen = new Map<number, number>();
  const turns = Array.from(labels, (label) => {
    const turn = seen.get(label) ?? 0;
    seen.set(label, turn + 1);
    return turn;
  });
  return all.sort((a, b) => (turns[a] ?? 0) - (turns[b] ?? 0));
}

function makeThumb(pick: (sample: number) => void): Thumb {
  const picture = new Picture('pixels', { 'aria-hidden': 'true' });
  const cloud = h('canvas', { class: 'cloud-thumbnail', 'aria-hidden': 'true', hidden: true });
  const words = h('span', { class: 'answer', 'aria-hidden': 'true' });
  const element = h('button', { type: 'button', class: 'thumb', hidden: true }, picture.element, cloud, words);
  const thumb: Thumb = { element, picture, cloud, words, sample: undefined, changed: changes(), isStale: true };
  element.addEventListener('click', () => {
    if (thumb.sample !== undefined) pick(thumb.sample);
  });
  return thumb;
}
