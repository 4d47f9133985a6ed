/** Line charts of one run or several laid over each other, drawn by uPlot. */
import './language';
import uPlot from 'uplot';
import { currentTheme, h, onThemeChange, say, type Theme } from './element';
import 'uplot/dist/uPlot.min.css';
import './curves.css';

/** Points of one line, by rising `x`. */
export interface Line {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface LineStyle {
  readonly label: string;
  readonly colour: (theme: Theme) => string;
  readonly dash?: readonly number[];
  /** Draw a dot at each point: for lines of few points. */
  readonly dots?: boolean;
  readonly width?: number;
}

export interface CurveOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly lines: readonly LineStyle[];
  readonly height: number;
  readonly range?: readonly [number | null, number | null];
  readonly format: (value: number) => string;
  /** Equal distances are equal factors; every value is over zero. */
  readonly logarithmic?: boolean;
  /** Whether the horizontal axis goes without its name, which the legend has, too. */
  readonly bare?: boolean;
  /** Whether the values under the pointer are listed; they are if this is missing. */
  readonly legend?: boolean;
}

/** More points than this do not show on a screen and cost time at every frame. */
const MAX_POINTS = 600;

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

// The enum is declared and not there at run time.
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
const LOGARITHMIC: uPlot.Scale = { distr: 3 };

/** Lines at every step of a logarithmic axis would be a thicket. */
function powersOfTen(_: uPlot, splits: readonly number[]): (number | null)[] {
  return splits.map((split) => (Number.isInteger(Number(Math.log10(split).toFixed(6))) ? split : null));
}

/** The last value of a line at or before a place, or of the whole line. */
function lastKnown(values: uPlot.AlignedData[number] | undefined, at: number | null): number | undefined {
  for (let i = at ?? (values?.length ?? 0) - 1; i >= 0; i -= 1) {
    const value = values?.[i];
    if (typeof value === 'number') return value;
  }
  return undefined;
}

export class Curves {
  readonly element: HTMLElement;
  private readonly place: HTMLElement;
  private readonly caption: HTMLElement;
  private plot: uPlot;
  private data: uPlot.AlignedData;
  private asked = 0;
  private marks: readonly number[] = [];
  private readonly sizes: ResizeObserver;
  private readonly forgetTheme: () => void;

  constructor(private readonly options: CurveOptions) {
    this.place = h('div', { class: 'curves-plot', role: 'img', 'aria-label': options.title });
    this.caption = h('figcaption', { class: 'caption' });
    this.element = h('figure', { class: 'curves' }, h('h3', { text: options.title }), this.place, this.caption);
    this.data = [[], ...options.lines.map(() => [])];
    this.plot = this.make();
    this.sizes = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width > 0) this.plot.setSize({ width, height: options.height });
    });
    this.sizes.observe(this.place);
    this.forgetTheme = onThemeChange(() => {
      const { width } = this.plot;
      this.plot.destroy();
      this.plot = this.make(width);
    });
  }

  /** Lets a chart go that has been replaced: uPlot listens to the window until it is told to stop. */
  letGo(): void {
    this.sizes.disconnect();
    this.forgetTheme();
    cancelAnimationFrame(this.asked);
    this.plot.destroy();
  }

  /** One line for each of the options' lines, in order; `marks` are places at which something changed. */
  draw(lines: readonly Line[], sentence: string, marks: readonly number[] = []): void {
    this.marks = marks;
    const tables = lines.map((line) => {
      const thinned = thin(line);
      return [[...thinned.x], [...thinned.y]] as uPlot.AlignedData;
    });
    this.data = uPlot.join(tables);
    say(this.caption, sentence);
    if (this.asked !== 0) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = 0;
      this.plot.setData(this.data);
    });
  }

  /** A picture of the chart as it stands. */
  picture(): Promise<Blob | null> {
    return new Promise((resolve) => {
      const { canvas } = this.plot.ctx;
      const copy = h('canvas', { width: canvas.width, height: canvas.height });
      const context = copy.getContext('2d');
      if (context !== null) {
        context.fillStyle = currentTheme().surface;
        context.fillRect(0, 0, canvas.width, canvas.height);
        context.drawImage(canvas, 0, 0);
      }
      copy.toBlob(resolve);
    });
  }

  /** A line from top to bottom at each mark in sight, and a wedge over it that is seen where lines cross. */
  private drawMarks(plot: uPlot, theme: Theme): void {
    const { ctx, bbox, scales } = plot;
    const { min = 0, max = 0 } = scales.x ?? {};
    const wedge = 4 * devicePixelRatio;
    ctx.save();
    [ctx.strokeStyle, ctx.fillStyle, ctx.lineWidth] = [theme.ink, theme.ink, devicePixelRatio];
    for (const mark of this.marks.filter((at) => at >= min && at <= max)) {
      const x = Math.round(plot.valToPos(mark, 'x', true));
      ctx.setLineDash([2 * devicePixelRatio, 2 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.beginPath();
      ctx.moveTo(x - wedge, bbox.top);
      ctx.lineTo(x + wedge, bbox.top);
      ctx.lineTo(x, bbox.top + wedge);
      ctx.fill();
    }
    ctx.restore();
  }

  private make(width = 320): uPlot {
    const { options } = this;
    const theme = currentTheme();
    const axis = { stroke: theme.muted, font: '11px system-ui, sans-serif', grid: { stroke: theme.line, width: 1 }, ticks: { show: false } };
    const name = { label: options.xLabel, labelSize: 16, labelGap: 0, labelFont: '11px system-ui, sans-serif' };
    // With no pointer over the chart the last values stand there.
    const value = ({ data }: uPlot, _: number | null, series: number, at: number | null): string => {
      const known = lastKnown(data[series], at);
      return known === undefined ? '-' : series === 0 ? String(Number(known.toFixed(2))) : options.format(known);
    };
    return new uPlot(
      {
        width,
        height: options.height,
        scales: {
          x: { time: false },
          y: options.logarithmic === true ? LOGARITHMIC : options.range === undefined ? {} : { range: [...options.range] as uPlot.Range.MinMax },
        },
        axes: [
          { ...axis, size: options.bare === true ? 20 : 30, ...(options.bare === true ? {} : name) },
          // A logarithmic axis leaves gaps where it wants no words.
          { ...axis, ...(options.logarithmic === true ? { grid: { ...axis.grid, filter: powersOfTen } } : {}), size: 48,
            values: (_, ticks: (number | null)[]) => ticks.map((tick) => (tick === null ? null : options.format(tick))) },
        ],
        cursor: { points: { size: 6 }, drag: { x: false, y: false } },
        legend: { live: true, show: options.legend !== false },
        hooks: { draw: [(plot) => { this.drawMarks(plot, theme); }] },
        series: [
          { label: options.xLabel, value },
          ...options.lines.map((line): uPlot.Series => ({
            label: line.label,
            stroke: line.colour(theme),
            width: line.width ?? 1.5,
            ...(line.dash === undefined ? {} : { dash: [...line.dash] }),
            points: { show: line.dots === true, size: 5 },
            spanGaps: true,
            value,
          })),
        ],
      },
      this.data,
      this.place,
    );
  }
}
