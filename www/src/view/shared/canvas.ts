/** A canvas that is crisp on every screen, follows the size of its place, and draws at most once a frame. */
import { h, onThemeChange } from './element';

export type Paint = (context: CanvasRenderingContext2D, width: number, height: number) => void;

export class CrispCanvas {
  readonly element: HTMLCanvasElement;
  private readonly sizes: ResizeObserver;
  private readonly forgetTheme: () => void;
  private asked = 0;
  private width = 0;
  private height = 0;

  /** `paint` gets sizes in CSS pixels; the canvas's height is the style sheet's, or what `setHeight` said. */
  constructor(private readonly paint: Paint, className: string) {
    this.element = h('canvas', { class: className, role: 'img' });
    this.sizes = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      this.width = entry.contentRect.width;
      this.height = entry.contentRect.height;
      this.redraw();
    });
    this.sizes.observe(this.element);
    this.forgetTheme = onThemeChange(() => { this.redraw(); });
  }

  /** Lets a canvas go that has been replaced: nothing calls it back any more. */
  letGo(): void {
    this.sizes.disconnect();
    this.forgetTheme();
    cancelAnimationFrame(this.asked);
  }

  /** The sentence that stands for the picture. */
  describe(sentence: string): void {
    if (this.element.getAttribute('aria-label') !== sentence) this.element.setAttribute('aria-label', sentence);
  }

  setHeight(pixels: number): void {
    const height = `${pixels}px`;
    if (this.element.style.height !== height) this.element.style.height = height;
  }

  redraw(): void {
    if (this.asked !== 0) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = 0;
      this.draw();
    });
  }

  private draw(): void {
    if (this.width === 0 || this.height === 0) return;
    const scale = window.devicePixelRatio;
    const [columns, rows] = [Math.round(this.width * scale), Math.round(this.height * scale)];
    if (this.element.width !== columns || this.element.height !== rows) {
      this.element.width = columns;
      this.element.height = rows;
    }
    const context = this.element.getContext('2d');
    if (context === null) return;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.paint(context, this.width, this.height);
  }
}
