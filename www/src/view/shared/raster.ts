/**
 * Paints the spikes of one layer: time steps across, neurons down. Positive spikes are solid bars, negative ones hollow
 * bars in another colour, graded spikes are as wide as they are strong.
 */
import type { ProbeLayer, SpikeKind } from '../../worker/protocol';
import { CrispCanvas } from './canvas';
import { currentTheme } from './element';
import { changes } from './kept';
import { strideOf } from './stride';

export interface RasterFrame {
  readonly layer: ProbeLayer;
  readonly steps: number;
  readonly kind: SpikeKind;
  /** Whether the layer sends rectified currents, which are drawn as graded spikes are. */
  readonly rectified?: boolean;
  /** The time step to mark, and up to which spikes are shown; missing: all. */
  readonly step?: number;
  /** The neuron to mark. */
  readonly neuron?: number;
}

/** Rows that can still be told apart and clicked. */
const MAX_ROWS = 64;
const ROW_GAP = 1;
const LABEL_HEIGHT = 16;

/** A fixed choice of neurons of a layer that stands for all of it: the same at every call, spread over all channels. */
export function rowsOf(shape: readonly number[], limit = MAX_ROWS): number[] {
  const neurons = neuronsOf(shape);
  const [channels = 1, height = 1, width = 1] = shape;
  if (neurons <= limit) return Array.from({ length: neurons }, (_, i) => i);
  if (shape.length === 2) return pointRows(channels, height, limit);
  if (shape.length < 3) return Array.from({ length: limit }, (_, i) => Math.floor((i * neurons) / limit));
  // An image's border is mostly empty, so a convnet's rows are taken around the middle of its maps.
  const each = Math.max(1, Math.floor(limit / channels));
  const rows: number[] = [];
  const stride = Math.max(1, channels / limit);
  for (let c = 0; c < channels && rows.length < limit; c += stride) {
    const channel = Math.floor(c);
    const places = new Set<number>();
    for (let i = 0; i < each; i += 1) {
      const y = Math.floor(height * (0.25 + 0.5 * ((0.5 + i * 0.754878) % 1)));
      const x = Math.floor(width * (0.25 + 0.5 * ((0.5 + i * 0.56984) % 1)));
      places.add(channel * height * width + y * width + x);
    }
    rows.push(...[...places].sort((a, b) => a - b));
  }
  return rows;
}

/** Another channel of another point in every row: evenly spread rows would all show the same channel. */
function pointRows(points: number, channels: number, limit: number): number[] {
  const channel = (row: number): number => (channels < limit ? row % channels : Math.floor((row * channels) / limit));
  return Array.from({ length: limit }, (_, row) => Math.floor((row * points) / limit) * channels + channel(row));
}

/** How many a layer of this shape has. */
export function neuronsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** "channel 3, row 10, column 12", "channel 3 of point 10" or "neuron 17". */
export function neuronWords(shape: readonly number[], neuron: number): string {
  const [, height = 1, width = 1] = shape;
  if (shape.length === 2) return `channel ${neuron % height} of point ${Math.floor(neuron / height)}`;
  if (shape.length < 3) return `neuron ${neuron}`;
  const place = neuron % (height * width);
  return `channel ${Math.floor(neuron / (height * width))}, row ${Math.floor(place / width)}, column ${place % width}`;
}

function strongestOf(spikes: Float32Array): number {
  let top = 1e-6;
  for (let i = 0; i < spikes.length; i += strideOf(spikes.length)) top = Math.max(top, spikes[i] ?? 0);
  return top;
}

export class SpikeRaster {
  private readonly canvas: CrispCanvas;
  private frame: RasterFrame | undefined;
  private rows: number[] = [];
  private readonly otherRows = changes();

  /** `onPick` is called with the neuron and the time step (from 0) of a click. */
  constructor(className = 'raster', onPick?: (neuron: number, step: number) => void) {
    this.canvas = new CrispCanvas((context, width, height) => { this.paint(context, width, height); }, className);
    if (onPick === undefined) return;
    this.canvas.element.classList.add('pickable');
    this.canvas.element.addEventListener('click', (event) => {
      const { frame, rows } = this;
      if (frame === undefined) return;
      const box = this.canvas.element.getBoundingClientRect();
      const row = Math.floor(((event.clientY - box.top) / (box.height - LABEL_HEIGHT)) * rows.length);
      const step = Math.floor(((event.clientX - box.left) / box.width) * frame.steps);
      const neuron = rows[Math.min(rows.length - 1, Math.max(0, row))];
      if (neuron !== undefined) onPick(neuron, Math.min(frame.steps - 1, Math.max(0, step)));
    });
  }

  get element(): HTMLCanvasElement {
    return this.canvas.element;
  }

  /** Lets a raster go that has been replaced. */
  letGo(): void {
    this.canvas.letGo();
  }

  /** The neurons that have a row, top to bottom. */
  get shownNeurons(): readonly number[] {
    return this.rows;
  }

  draw(frame: RasterFrame): void {
    this.frame = frame;
    const { shape } = frame.layer;
    const { neuron } = frame;
    if (this.otherRows(neuron, ...shape)) {
      this.rows = rowsOf(shape);
      if (neuron !== undefined && !this.rows.includes(neuron)) this.rows = [...this.rows, neuron].sort((a, b) => a - b);
    }
    this.canvas.describe(this.sentence(frame));
    this.canvas.redraw();
  }

  private sentence({ layer, steps, kind, rectified }: RasterFrame): string {
    const neurons = layer.spikes.length / steps;
    const every = strideOf(layer.spikes.length);
    let [positive, negative] = [0, 0];
    for (let i = 0; i < layer.spikes.length; i += every) {
      const spike = layer.spikes[i] ?? 0;
      if (spike > 0) positive += every;
      else if (spike < 0) negative += every;
    }
    const about = every > 1 ? 'about ' : '';
    if (rectified === true) return `${layer.name}: ${about}${positive} rectified currents over zero from ${neurons} units in ${steps} time `
      + `${steps === 1 ? 'step' : 'steps'}.`;
    const signs = kind === 'ternary' ? `${positive} positive and ${negative} negative spikes` : `${positive} spikes`;
    return `${layer.name}: ${about}${signs} from ${neurons} neurons in ${steps} time ${steps === 1 ? 'step' : 'steps'}.`;
  }

  private paint(context: CanvasRenderingContext2D, width: number, height: number): void {
    const { frame, rows } = this;
    if (frame === undefined || rows.length === 0) return;
    const theme = currentTheme();
    const { layer, steps } = frame;
    const neurons = layer.spikes.length / steps;
    const plot = height - LABEL_HEIGHT;
    const rowHeight = plot / rows.length;
    const bar = Math.max(1, rowHeight - ROW_GAP);
    const column = width / steps;
    const gap = Math.min(4, column * 0.15);
    const shown = frame.step === undefined ? steps : frame.step + 1;

    context.fillStyle = theme.sunken;
    context.fillRect(0, 0, width, plot);
    if (frame.step !== undefined) {
      context.fillStyle = theme.line;
      context.fillRect(frame.step * column, 0, column, plot);
    }
    const marked = frame.neuron === undefined ? -1 : rows.indexOf(frame.neuron);
    if (marked >= 0) {
      context.strokeStyle = theme.accent;
      context.lineWidth = 1;
      context.strokeRect(0.5, marked * rowHeight - 0.5, width - 1, Math.max(4, rowHeight + 1));
    }

    const graded = frame.kind === 'real' || frame.rectified === true;
    const strongest = graded ? strongestOf(layer.spikes) : 0;
    const room = column - 2 * gap;
    context.fillStyle = theme.positive;
    this.eachSpike(rows, shown, neurons, layer.spikes, (spike, row, t) => {
      if (spike <= 0) return;
      const length = graded ? Math.max(2, room * (spike / strongest)) : room;
      context.fillRect(t * column + gap, row * rowHeight, length, bar);
    });
    context.strokeStyle = theme.negative;
    context.fillStyle = theme.negative;
    context.lineWidth = 1;
    this.eachSpike(rows, shown, neurons, layer.spikes, (spike, row, t) => {
      if (spike >= 0) return;
      const left = t * column + gap;
      const top = row * rowHeight;
      if (bar >= 4) context.strokeRect(left + 0.5, top + 0.5, room - 1, bar - 1);
      else {
        // Too low for an outline: a bar broken in the middle.
        context.fillRect(left, top, room * 0.3, bar);
        context.fillRect(left + room * 0.7, top, room * 0.3, bar);
      }
    });
    this.paintTimeLabels(context, height, column, frame);
  }

  private eachSpike(
    rows: readonly number[], shown: number, neurons: number, spikes: Float32Array,
    visit: (spike: number, row: number, step: number) => void,
  ): void {
    for (let t = 0; t < shown; t += 1) {
      for (let row = 0; row < rows.length; row += 1) {
        const spike = spikes[t * neurons + (rows[row] ?? 0)] ?? 0;
        if (spike !== 0) visit(spike, row, t);
      }
    }
  }

  private paintTimeLabels(context: CanvasRenderingContext2D, height: number, column: number, frame: RasterFrame): void {
    const theme = currentTheme();
    context.font = '11px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'bottom';
    const every = Math.max(1, Math.ceil(20 / column));
    for (let t = 0; t < frame.steps; t += every) {
      context.fillStyle = t === frame.step ? theme.accent : theme.muted;
      context.fillText(String(t + 1), (t + 0.5) * column, height);
    }
  }
}
