/** A photograph with a box around each digit, what was made of it on the way, and what a hand can do to it. */
import type { Classification } from '../../run/classification';
import { isDoubted, isPhotographed, UNLIKE, UNTOUCHED, type Hand, type ReadPhoto } from '../../run/photo';
import type { Pixels } from '../../run/image';
import type { InkKind } from '../../worker/protocol';
import { freshId, h, say } from '../shared/element';
import { changes } from '../shared/kept';
import { button, chosenOf, counted, percent, type Part } from '../shared/part';
import { Picture } from '../shared/picture';

const INK_KINDS: readonly InkKind[] = ['guessed', 'dark', 'light'];
const INK_WORDS: Record<InkKind, string> = { guessed: 'as guessed', dark: 'darker than its ground', light: 'lighter than its ground' };
const SIDES = ['Left', 'Top', 'Right', 'Bottom'] as const;
/** A smaller rectangle was a click. */
const LEAST_DRAG = 0.03;

type Crop = [number, number, number, number];

export function photoPanel(work: Classification): Part {
  const sheet = h('canvas', { class: 'photo-picture', role: 'img' });
  const boxes = h('div', { class: 'photo-boxes', role: 'group', 'aria-label': 'Digits that were found' });
  const drawn = h('div', { class: 'photo-drawn', hidden: true });
  const frame = h('div', { class: 'photo-frame' }, sheet, boxes, drawn);
  const words = h('p', { class: 'caption', 'data-test': 'photo-words' });
  const [flattened, ink] = [new Picture('photo-step', { role: 'img', 'aria-label': 'The photograph with its ground divided out' }),
    new Picture('photo-step', { role: 'img', 'aria-label': 'The ink that was found: full where a digit is, faint where it was left out' })];
  const steps = h(
    'div', { class: 'photo-steps' },
    h('figure', {}, flattened.element, h('figcaption', { text: 'Ground divided out' })),
    h('figure', {}, ink.element, h('figcaption', { text: 'Ink: digits, and what was left out' })),
  );

  const hold = (change: Partial<Hand>): void => {
    const { photograph } = work;
    if (photograph !== undefined) work.askPhotograph(photograph.whole, { ...photograph.hand, ...change });
  };
  const held = (): Hand => work.photograph?.hand ?? UNTOUCHED;
  const turn = (quarters: number): void => { hold({ quarters: (held().quarters + quarters + 4) % 4, crop: UNTOUCHED.crop }); };
  const [fineId, inkId] = [freshId('fine'), freshId('ink')];
  const fine = h('input', { id: fineId, type: 'range', min: -20, max: 20, step: 1, value: 0, 'data-test': 'photo-fine' });
  fine.addEventListener('change', () => { hold({ degrees: fine.valueAsNumber }); });
  const kind = h('select', { id: inkId, 'data-test': 'photo-ink' }, ...INK_KINDS.map((value) => h('option', { value, text: INK_WORDS[value] })));
  kind.addEventListener('change', () => {
    const ink = chosenOf(kind, INK_KINDS);
    if (ink !== undefined) hold({ ink });
  });
  const fields = SIDES.map((side) => {
    const id = freshId('crop');
    const input = h('input', { id, type: 'number', min: 0, max: 100, step: 1, 'data-test': `photo-${side.toLowerCase()}` });
    input.addEventListener('change', () => { crop(fields.map((field) => field.input.valueAsNumber / 100) as Crop); });
    return { input, element: h('span', { class: 'field-inline' }, h('label', { for: id, text: side }), input) };
  });
  const crop = (sides: Crop): void => {
    const [left, top, right, bottom] = sides;
    if (sides.every((side) => side >= 0 && side <= 1) && left < right && top < bottom) hold({ crop: sides });
    else update();
  };
  const inkChoice = h('span', { class: 'field-inline' }, h('label', { for: inkId, text: 'Its ink is' }), kind);
  const controls = h(
    'div', { class: 'photo-controls' },
    h('div', { class: 'toolbar' },
      button('Turn left', { 'data-test': 'photo-turn-left' }, () => { turn(-1); }),
      button('Turn right', { 'data-test': 'photo-turn-right' }, () => { turn(1); }),
      button('As it was', { 'data-test': 'photo-whole' }, () => { hold(UNTOUCHED); })),
    h('span', { class: 'field-inline' }, h('label', { for: fineId, text: 'Straighten' }), fine),
    inkChoice,
    h('fieldset', { class: 'photo-crop' }, h('legend', { text: 'Crop, in % of the picture (or drag a rectangle on it)' }),
      ...fields.map((field) => field.element)),
  );
  const element = h('div', { class: 'photo', hidden: true, 'data-test': 'photo' }, h('div', { class: 'photo-main' }, frame, words), steps, controls);

  let from: readonly [number, number] | undefined;
  const place = (event: PointerEvent): readonly [number, number] => {
    const box = frame.getBoundingClientRect();
    const share = (value: number): number => Math.min(Math.max(value, 0), 1);
    return [share((event.clientX - box.left) / box.width), share((event.clientY - box.top) / box.height)];
  };
  const rectangle = (event: PointerEvent): Crop => {
    const [[x0, y0], [x1, y1]] = [from ?? [0, 0], place(event)];
    return [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];
  };
  frame.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest('button') !== null)) return;
    from = place(event);
    frame.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  frame.addEventListener('pointermove', (event) => {
    if (from === undefined) return;
    drawn.hidden = false;
    put(drawn, rectangle(event));
  });
  frame.addEventListener('pointercancel', () => { [from, drawn.hidden] = [undefined, true]; });
  frame.addEventListener('pointerup', (event) => {
    if (from === undefined) return;
    const [left, top, right, bottom] = rectangle(event);
    [from, drawn.hidden] = [undefined, true];
    if (right - left < LEAST_DRAG || bottom - top < LEAST_DRAG) return;
    const [l, t, r, b] = held().crop;
    crop([l + left * (r - l), t + top * (b - t), l + right * (r - l), t + bottom * (b - t)]);
  });

  const changed = changes();
  const update = (): void => {
    const { photograph } = work;
    element.hidden = photograph === undefined;
    if (photograph === undefined) return;
    const { hand, image, read } = photograph;
    fine.value = String(hand.degrees);
    kind.value = hand.ink;
    fields.forEach(({ input }, side) => { input.value = String(Math.round(100 * (hand.crop[side] ?? 0))); });
    const isPhotograph = isPhotographed(work.data);
    inkChoice.hidden = !isPhotograph;
    if (!changed(image, read, isPhotograph)) return;
    paint(sheet, image);
    sheet.setAttribute('aria-label', `${isPhotograph ? 'The photograph' : 'The picture'}, ${image.width} by ${image.height} pixels`);
    steps.hidden = read === undefined;
    say(words, read === undefined ? '' : foundWords(read));
    if (read === undefined) {
      boxes.replaceChildren();
      return;
    }
    const { report } = read;
    flattened.drawImage(report.flattened.map((value) => 255 - value), { ...report, channels: 1 }, 255);
    ink.drawImage(report.ink.map((value) => [0, 70, 255][value] ?? 0), { ...report, channels: 1 }, 255);
    // A choice keeps the focus: the same boxes stay.
    if (boxes.children.length !== report.digits.length) {
      boxes.replaceChildren(...report.digits.map((_, i) => {
        const box = button('', { class: 'photo-box', 'data-test': 'photo-box' }, () => { work.choose(i); });
        box.append(h('span', { class: 'photo-label' }));
        return box;
      }));
    }
    [...boxes.children].forEach((box, i) => {
      const [left, top, right, bottom] = report.digits[i]?.bounds ?? [0, 0, 0, 0];
      if (box instanceof HTMLElement) put(box, [left / image.width, top / image.height, right / image.width, bottom / image.height]);
      const answer = answerWords(read, i);
      const label = box.firstElementChild;
      if (label !== null) say(label, answer.short);
      box.setAttribute('aria-label', `Digit ${i + 1} of ${report.digits.length}: ${answer.long}`);
      box.setAttribute('aria-pressed', String(i === read.chosen));
    });
  };
  return { element, update };
}

function foundWords(read: ReadPhoto): string {
  const { report } = read;
  const found = counted(report.digits.length, 'digit');
  if (report.doubt === 'nothing') {
    return 'Nothing on it could be a digit: what stands out is too small, a blot, or runs over the edge. Crop or turn it, or say what its ink is.';
  }
  if (report.doubt === 'crowded') return 'More stands on it than anybody writes digits on a sheet, as in a text: crop it to the digits.';
  if (report.doubt === 'busy') return 'Most of what stands out on it is no digit: crop it to the digits.';
  const answers = report.digits.map((_, i) => answerWords(read, i).short).join(' ');
  return `${found} found, ${report.darkInk ? 'dark' : 'light'} ink: ${answers}. Choose one to see how it is answered.`;
}

function answerWords(read: ReadPhoto, i: number): { readonly short: string; readonly long: string } {
  const { answer = 0, confidence = 0, unlike = 0, unsure } = read.probes[i] ?? {};
  if (isDoubted(read) || unlike > UNLIKE || unsure !== undefined) return { short: '?', long: 'unlike anything the network was trained on' };
  return { short: String(answer), long: `${answer}, ${percent(confidence, 0)} sure` };
}

function put(element: HTMLElement, [left, top, right, bottom]: Crop): void {
  const share = (value: number): string => `${(100 * value).toFixed(2)}%`;
  Object.assign(element.style, { left: share(left), top: share(top), width: share(right - left), height: share(bottom - top) });
}

function paint(canvas: HTMLCanvasElement, { rgba, width, height }: Pixels): void {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
}
