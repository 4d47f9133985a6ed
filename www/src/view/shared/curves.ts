/** Line charts of one run or several laid over each other, drawn by uPlot once it has arrived. */
import { currentTheme, h, onThemeChange, say } from './element';
import { button } from './part';
import type { CurveOptions, Line } from './plot';

export type { Line } from './plot';

type Plotting = typeof import('./plot');
type Plot = ReturnType<Plotting['plotIn']>;

/** More points than this do not show on a screen and cost time at every frame. */
const MAX_POINTS = 600;

/** A chart is drawn anew so seldom while a run goes on: it is all of one canvas each time. */
const BETWEEN_MS = 200;

/** A line with at most `limit` points, each the mean of a stretch of the given ones. */
function thin(line: Line, limit = MAX_POINTS): Line {
  const count = line.x.length;
  if (count <= limit) return line;
  const x: number[] = [];
  const y: number[] = [];
  const stretch = Math.ceil(count / limit);
  for (let from = 0; from < count; from += stretch) {
    const to = Math.min(count, from + stretch);
    let sum = 0;
    for (let i = from; i < to; i += 1) sum += line.y[i] ?? 0;
    x.push(line.x[to - 1] ?? 0);
    y.push(sum / (to - from));
  }
  return { x, y };
}

export class Curves {
  readonly element: HTMLElement;
  private readonly place: HTMLElement;
  private readonly caption = h('figcaption', { class: 'caption' });
  private readonly missing = h('p', { class: 'caption' });
  private lines: readonly Line[];
  private width = 320;
  private height: number;
  private plotting: Plotting | undefined;
  private plot: Plot | undefined;
  private asked = 0;
  private drawn = -BETWEEN_MS;
  private fetched: Promise<void> | undefined;
  private marks: readonly number[] = [];
  private readonly sizes: ResizeObserver;
  private readonly forgetTheme: () => void;
  private gone = false;

  constructor(private readonly options: CurveOptions) {
    this.place = h('div', { class: 'curves-plot', role: 'img', 'aria-label': options.title });
    this.place.style.setProperty('--plot-height', `${options.height}px`);
    this.element = h('figure', { class: 'curves' }, h('h3', { text: options.title }), this.place, this.missing, this.caption);
    this.lines = options.lines.map(() => ({ x: [], y: [] }));
    this.height = options.height;
    this.sizes = new ResizeObserver(() => { this.fit(); });
    this.sizes.observe(this.place);
    this.forgetTheme = onThemeChange(() => {
      if (this.plot !== undefined) this.make();
    });
  }

  /** Lets a chart go that has been replaced: uPlot listens to the window until it is told to stop. */
  letGo(): void {
    this.gone = true;
    this.sizes.disconnect();
    this.forgetTheme();
    clearTimeout(this.asked);
    this.plot?.destroy();
  }

  /** As wide as its place, and as high where the style sheet gives the place a height of its own (`--plot-fills`). */
  private fit(): void {
    const { place, options, plot } = this;
    const width = Math.floor(place.clientWidth);
    if (width === 0) return;
    const fills = getComputedStyle(place).getPropertyValue('--plot-fills').trim() === '1';
    const legend = place.querySelector<HTMLElement>('.u-legend')?.offsetHeight ?? 0;
    const height = fills ? Math.max(options.height, Math.floor(place.clientHeight - legend)) : options.height;
    [this.width, this.height] = [width, height];
    if (plot !== undefined && (plot.width !== width || plot.height !== height)) plot.setSize({ width, height });
  }

  /** One line for each of the options' lines, in order; `marks` are places at which something changed. */
  draw(lines: readonly Line[], sentence: string, marks: readonly number[] = []): void {
    this.marks = marks;
    this.lines = lines.map((line) => thin(line));
    say(this.caption, sentence);
    this.fetched ??= this.fetch();
    if (this.asked !== 0) return;
    this.asked = window.setTimeout(() => {
      this.asked = 0;
      this.drawn = performance.now();
      if (this.plotting !== undefined) this.plot?.setData(this.plotting.join(this.lines));
    }, Math.max(0, this.drawn + BETWEEN_MS - performance.now()));
  }

  /** A picture of the chart as it stands. */
  async picture(): Promise<Blob | null> {
    await this.fetched;
    const { plot } = this;
    return plot === undefined ? null : pictureOf(plot.ctx.canvas);
  }

  private async fetch(): Promise<void> {
    say(this.missing, '');
    try {
      this.plotting = await import('./plot');
    } catch {
      say(this.missing, 'What draws this chart could not be fetched.');
      this.missing.append(' ', button('Try again', { class: 'quiet' }, () => { this.fetched = this.fetch(); }));
      return;
    }
    if (!this.gone) this.make();
  }

  private make(): void {
    const { plotting } = this;
    if (plotting === undefined) return;
    this.plot?.destroy();
    this.plot = plotting.plotIn(this.place, this.options, plotting.join(this.lines), { width: this.width, height: this.height }, () => this.marks);
    // Its legend takes a part of the place, and another one once it has its values and its style.
    const legend = this.place.querySelector('.u-legend');
    if (legend !== null) this.sizes.observe(legend);
  }
}

function pictureOf(canvas: HTMLCanvasElement): Promise<Blob | null> {
  const copy = h('canvas', { width: canvas.width, height: canvas.height });
  const context = copy.getContext('2d');
  if (context !== null) {
    context.fillStyle = currentTheme().surface;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(canvas, 0, 0);
  }
  return new Promise((resolve) => { copy.toBlob(resolve); });
}
