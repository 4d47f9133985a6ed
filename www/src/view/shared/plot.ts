/** What uPlot makes of a chart. Fetched when the first chart is drawn, because what a person waits for first has none. */
import './language';
import uPlot from 'uplot';
import { currentTheme, type Theme } from './element';

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

/** The lines over one axis. */
export function join(lines: readonly Line[]): uPlot.AlignedData {
  return uPlot.join(lines.map(({ x, y }): uPlot.AlignedData => [[...x], [...y]]));
}

/** A line from top to bottom at each mark in sight, and a wedge over it that is seen where lines cross. */
function drawMarks(plot: uPlot, marks: readonly number[], theme: Theme): void {
  const { ctx, bbox, scales } = plot;
  const { min = 0, max = 0 } = scales.x ?? {};
  const wedge = 4 * devicePixelRatio;
  ctx.save();
  [ctx.strokeStyle, ctx.fillStyle, ctx.lineWidth] = [theme.ink, theme.ink, devicePixelRatio];
  for (const mark of marks.filter((at) => at >= min && at <= max)) {
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

/** A chart of what `join` gives, in the present theme's colours; `marks` are what is marked by the time it draws. */
export function plotIn(
  place: HTMLElement, options: CurveOptions, data: uPlot.AlignedData, size: { readonly width: number; readonly height: number }, marks: () => readonly number[],
): uPlot {
  const theme = currentTheme();
  const axis = { stroke: theme.muted, font: '11px system-ui, sans-serif', grid: { stroke: theme.line, width: 1 }, ticks: { show: false } };
  const name = { label: options.xLabel, labelSize: 16, labelGap: 0, labelFont: '11px system-ui, sans-serif' };
  // With no pointer over the chart the last values stand there.
  const value = ({ data: shown }: uPlot, _: number | null, series: number, at: number | null): string => {
    const known = lastKnown(shown[series], at);
    return known === undefined ? '-' : series === 0 ? String(Number(known.toFixed(2))) : options.format(known);
  };
  return new uPlot(
    {
      ...size,
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
      hooks: { draw: [(plot) => { drawMarks(plot, marks(), theme); }] },
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
    data,
    place,
  );
}
