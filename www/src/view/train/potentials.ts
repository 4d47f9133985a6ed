/** The membrane potentials of every layer against the threshold, for the sample that is looked at. */
import { render } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { App } from '../../app';
import { histogram, limitOf, mostCounted, type Histogram } from '../../run/histogram';
import { short } from '../../state/figures';
import type { NetworkInfo, Probe } from '../../worker/protocol';
import { CrispCanvas } from '../shared/canvas';
import { currentTheme, h, say } from '../shared/element';
import { Kept, layerKeys } from '../shared/kept';
import { panel, percent, type Part } from '../shared/part';

interface Figure {
  readonly element: HTMLElement;
  readonly title: HTMLElement;
  readonly canvas: CrispCanvas;
  drawn: Drawn | undefined;
  letGo(): void;
}

interface Drawn {
  readonly histogram: Histogram;
  readonly threshold: number;
  /** Whether the negative threshold fires too. */
  readonly signed: boolean;
  /** Whether the layer has no threshold: it sends its currents where they are over zero. */
  readonly rectified: boolean;
}

/** With more layers than this each drawing is smaller. */
const MANY = 8;
/** Room for the mean and the ends of the axis under the drawing. */
const FOOT = 14;
/** Room for the threshold's number over it. */
const HEAD = 14;
const round = (value: number): string => short(value, 2);

export function createPotentials(app: App): Part {
  const { training } = app;
  const place = h('div', { class: 'rasters histograms' });
  const caption = h('p', { class: 'caption' });
  const element = panel(app, 'potentials', 'Potentials against the threshold', place, caption);

  const kept = new Kept((): Figure => {
    const canvas: CrispCanvas = new CrispCanvas((context, width, height) => {
      if (figure.drawn !== undefined) paint(context, width, height, figure.drawn);
    }, 'histogram');
    const title = h('figcaption');
    const figure: Figure = { element: h('figure', {}, title, canvas.element), title, canvas, drawn: undefined, letGo: () => { canvas.letGo(); } };
    return figure;
  });

  const update = (): void => {
    const { probe, info } = training;
    if (element.hidden || probe === undefined || probe.layers.length !== info?.layers.length) return;
    const figures = kept.of(layerKeys(probe.layers));
    render(repeat(figures, (figure) => figure, (figure) => figure.element), place);
    place.classList.toggle('many', figures.length > MANY);
    const { threshold, spike } = info.config;
    const most = mostCounted(figures.length);
    figures.forEach((figure, i) => {
      const layer = probe.layers[i];
      if (layer === undefined) return;
      // What stands under a maximum over points has no potentials.
      figure.element.hidden = layer.potentials.length === 0;
      if (figure.element.hidden) return;
      const rectified = info.layers[i]?.spiking === false;
      const drawn = { histogram: histogram(layer.potentials, limitOf(layer.potentials, threshold), rectified ? 0 : threshold, most), threshold,
        signed: spike === 'ternary', rectified };
      figure.drawn = drawn;
      say(figure.title, title(i, drawn));
      figure.canvas.describe(sentence(i, drawn));
      figure.canvas.redraw();
    });
    say(caption, words(probe, info));
  };
  return { element, update };
}

function title(layer: number, { histogram: { over, under }, signed, rectified }: Drawn): string {
  if (rectified) return `Layer ${layer + 1}: ${percent(over, 0)} over zero`;
  return `Layer ${layer + 1}: ${percent(signed ? over + under : over, 0)} fire`;
}

function sentence(layer: number, { histogram: { over, under, beyond, limit, mean }, threshold, signed, rectified }: Drawn): string {
  const ends = ` The axis goes from ${round(-limit)} to ${round(limit)}${beyond > 0 ? `; ${percent(beyond, 2)} lie beyond and count in the end bars` : ''}.`;
  if (rectified) return `Currents of layer ${layer + 1}: the mean is ${mean.toFixed(2)}, ${percent(over)} are over zero and are sent on.${ends}`;
  const negative = signed ? `, ${percent(under)} at or below ${round(-threshold)}` : '';
  return `Potentials of layer ${layer + 1}: the mean is ${mean.toFixed(2)}, ${percent(over)} are at or over the threshold `
    + `${round(threshold)}${negative}.${ends}`;
}

function words({ steps, layers }: Probe, { config }: NetworkInfo): string {
  const which = layers.some(({ potentials }) => potentials.length > mostCounted(layers.length)) ? 'Neurons' : 'Every neuron';
  const signs = config.spike === 'ternary' ? 'dashed thresholds' : 'dashed threshold';
  const rectified = config.lastActivation === 'relu' || config.units === 'relu' ? ' A layer without a threshold sends its currents where they are '
    + 'over zero.' : '';
  return `${which} at ${steps === 1 ? 'the one time step' : `all ${steps} time steps`} of this sample, before the reset. What is coloured fires: it `
    + `is beyond the ${signs}. The small triangle is the mean. Each layer has its own axis, and the few values beyond its ends count in the end `
    + `bars.${rectified}`;
}

function paint(context: CanvasRenderingContext2D, width: number, height: number,
  { histogram: { bins, limit, mean }, threshold, signed, rectified }: Drawn): void {
  const theme = currentTheme();
  const bottom = height - FOOT;
  const x = (value: number): number => ((value + limit) / (2 * limit)) * width;
  const tallest = bins.reduce((top, count) => Math.max(top, count), 1);
  const column = width / bins.length;
  const fires = rectified ? 0 : threshold;
  bins.forEach((count, bin) => {
    if (count === 0) return;
    const middle = ((bin + 0.5) / bins.length) * 2 * limit - limit;
    context.fillStyle = middle >= fires ? theme.positive : signed && !rectified && middle <= -fires ? theme.negative : theme.muted;
    const tall = Math.max(1, (count / tallest) * (bottom - HEAD));
    context.fillRect(bin * column, bottom - tall, Math.max(1, column - 0.5), tall);
  });
  context.strokeStyle = theme.line;
  context.beginPath();
  context.moveTo(0, bottom + 0.5);
  context.lineTo(width, bottom + 0.5);
  context.stroke();
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'top';
  const mark = (value: number, colour: string, dash: number[]): void => {
    const at = Math.round(x(value)) + 0.5;
    context.strokeStyle = colour;
    context.setLineDash(dash);
    context.beginPath();
    context.moveTo(at, 0);
    context.lineTo(at, bottom);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = theme.muted;
    context.textAlign = value < 0 ? 'right' : 'left';
    context.fillText(round(value), at + (value < 0 ? -4 : 4), 1);
  };
  if (rectified) mark(0, theme.line, []);
  else mark(threshold, theme.accent, [5, 4]);
  if (signed && !rectified) mark(-threshold, theme.negative, [5, 4]);
  context.fillStyle = theme.muted;
  context.textAlign = 'left';
  context.fillText(round(-limit), 0, bottom + 3);
  context.textAlign = 'right';
  context.fillText(round(limit), width, bottom + 3);
  const at = Math.min(width - 5, Math.max(5, x(mean)));
  context.fillStyle = theme.ink;
  context.beginPath();
  context.moveTo(at, bottom + 1);
  context.lineTo(at - 4, bottom + 8);
  context.lineTo(at + 4, bottom + 8);
  context.fill();
}
