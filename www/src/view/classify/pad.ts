/** A sheet of paper to draw on, with a mouse, a finger or a pen. */
import type { Pixels } from '../../run/image';
import { h } from '../shared/element';
import { button } from '../shared/part';

/** Pixels of the sheet, whatever size it has on the screen. */
const SIDE = 280;
/** The pen is as wide as MNIST's strokes are when the drawing fills the sheet. */
const PEN = 20;

/** How often a drawing is answered before it is done. */
const WHILE_DRAWING_MS = 250;

type Point = readonly [number, number];

export class DrawingPad {
  readonly element: HTMLElement;
  private readonly sheet = h('canvas', {
    class: 'pad', width: SIDE, height: SIDE, 'data-test': 'pad', role: 'img', 'aria-label': 'A sheet to draw on with a pointer. A file can be chosen '
      + 'in its place.',
  });
  private strokes: Point[][] = [];
  private drawing: number | undefined;
  private soon: number | undefined;
  private readonly undo = button('Undo', { 'data-test': 'undo', title: 'Take the last stroke back' }, () => {
    this.strokes.pop();
    this.paint();
    this.tell();
  });

  /**
   * `onDrawn` is called after every stroke, now and then during one unless `isBusy` with the answer before, and with undefined when the sheet
   * is empty again.
   */
  constructor(private readonly onDrawn: (pixels: Pixels | undefined) => void, private readonly isBusy: () => boolean) {
    const { sheet } = this;
    sheet.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || this.drawing !== undefined) return;
      this.drawing = event.pointerId;
      sheet.setPointerCapture(event.pointerId);
      this.strokes.push([this.place(event)]);
      this.paint();
      event.preventDefault();
    });
    sheet.addEventListener('pointermove', (event) => {
      if (event.pointerId !== this.drawing) return;
      const stroke = this.strokes.at(-1);
      for (const part of event.getCoalescedEvents()) stroke?.push(this.place(part));
      stroke?.push(this.place(event));
      this.paint();
      this.tellSoon();
    });
    for (const end of ['pointerup', 'pointercancel'] as const) {
      sheet.addEventListener(end, (event) => {
        if (event.pointerId !== this.drawing) return;
        this.drawing = undefined;
        clearTimeout(this.soon);
        this.soon = undefined;
        this.tell();
      });
    }
    const clear = button('Clear', { 'data-test': 'clear', title: 'An empty sheet' }, () => { this.clear(); this.tell(); });
    this.element = h('div', { class: 'pad-place' }, h('div', { class: 'pad-sheet' }, sheet), h('div', { class: 'toolbar' }, this.undo, clear));
    this.paint();
  }

  /** Whether a stroke is being drawn. */
  get isDrawing(): boolean {
    return this.drawing !== undefined;
  }

  clear(): void {
    this.strokes = [];
    this.paint();
  }

  private place(event: PointerEvent): Point {
    const box = this.sheet.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  }

  private get context(): CanvasRenderingContext2D {
    const context = this.sheet.getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('the browser gave no canvas');
    return context;
  }

  private paint(): void {
    const { context } = this;
    this.undo.disabled = this.strokes.length === 0;
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, SIDE, SIDE);
    context.strokeStyle = '#14181f';
    context.lineWidth = PEN;
    context.lineCap = 'round';
    context.lineJoin = 'round';
    for (const stroke of this.strokes) {
      context.beginPath();
      for (const [x, y] of stroke) context.lineTo(x, y);
      // A tap is a dot.
      if (stroke.length === 1 && stroke[0] !== undefined) context.lineTo(stroke[0][0] + 0.1, stroke[0][1]);
      context.stroke();
    }
  }

  /** While a stroke is drawn it is answered now and then. */
  private tellSoon(): void {
    this.soon ??= window.setTimeout(() => {
      this.soon = undefined;
      if (this.isBusy()) this.tellSoon();
      else this.tell();
    }, WHILE_DRAWING_MS);
  }

  private tell(): void {
    if (this.strokes.length === 0) {
      this.onDrawn(undefined);
      return;
    }
    const { data } = this.context.getImageData(0, 0, SIDE, SIDE);
    this.onDrawn({ rgba: new Uint8Array(data.buffer), width: SIDE, height: SIDE });
  }
}
