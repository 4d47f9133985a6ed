/** The membrane of the chosen neuron, drawn where it covers least: how its potential rises, falls at a spike and leaks, against the threshold. */
import type { Theme } from '../shared/element';
import { traceOf, type Dynamics, type Trace } from '../shared/trace';
import type { Look, Moment } from './film';
import { disc } from './marks';
import type { Box, Scene } from './scene';
import type { Place } from './traffic';

/** Full size, and the share of it that a narrow stage has room for. */
const [WIDE, HIGH, INSET] = [108, 54, 7];
const [NARROW, SMALLER] = [520, 0.65];
/** Places are tried so far from each other. */
const STRIDE = 10;
/** Around the neuron nothing is covered: its mark has to be seen, and where its threads begin. */
const AROUND = 10;
/** What a place costs that covers something wholly, in pixels of the way from the neuron; of the classes and the neuron itself, times these. */
const COVERED = 1200;
const [CLASSES, OWN] = [3, 10];
/** Of a time step so much goes by before its input has come in, and a spike takes so much. */
const [RISE, FALL] = [0.3, 0.14];

export interface Membrane extends Trace {
  readonly threshold: number;
  /** Whether there is a negative threshold, too. */
  readonly signed: boolean;
}

/** Nothing where the neuron has no membrane. */
export function membraneOf({ layer, steps }: Look, neuron: number, dynamics: Dynamics, signed: boolean): Membrane | undefined {
  if (neuron >= layer.potentials.length / steps) return undefined;
  return { ...traceOf(layer, steps, neuron, dynamics), threshold: dynamics.threshold, signed };
}

function overlap(one: Box, other: Box): number {
  const wide = Math.min(one.left + one.width, other.left + other.width) - Math.max(one.left, other.left);
  const high = Math.min(one.top + one.height, other.top + other.height) - Math.max(one.top, other.top);
  return wide > 0 && high > 0 ? wide * high : 0;
}

/** Where the drawing stands: inside the stage, over as few cells as can be, and of such places at the one nearest to the neuron. */
export function membranePlace({ x, y }: Place, { width, height, captionTop, input, columns, classes }: Scene): Box {
  const size = width < NARROW ? SMALLER : 1;
  const [wide, high] = [size * WIDE, size * HIGH];
  const cells: readonly Box[] = [input, ...columns.flatMap((column): readonly Box[] => (column.kind === 'points' ? [column] : column.tiles))];
  const own = { left: x - AROUND, top: y - AROUND, width: 2 * AROUND, height: 2 * AROUND };
  let best: { readonly box: Box; readonly cost: number } | undefined;
  for (let top = captionTop + 4; top + high <= height; top += STRIDE) {
    for (let left = 0; left + wide <= width; left += STRIDE) {
      const box = { left, top, width: wide, height: high };
      const covered = cells.reduce((sum, cell) => sum + overlap(box, cell), CLASSES * overlap(box, classes) + OWN * overlap(box, own));
      const cost = (COVERED * covered) / (wide * high) + Math.hypot(left + wide / 2 - x, top + high / 2 - y);
      if (best === undefined || cost < best.cost) best = { box, cost };
    }
  }
  return best?.box ?? { left: 0, top: captionTop, width: wide, height: high };
}

export function paintMembrane(context: CanvasRenderingContext2D, membrane: Membrane, box: Box, neuron: Place, at: Moment, theme: Theme): void {
  const { left, top, width, height } = box;
  // Where it stands apart from its neuron, a line says whose it is.
  context.strokeStyle = theme.accent;
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(Math.min(left + width, Math.max(left, neuron.x)), Math.min(top + height, Math.max(top, neuron.y)));
  context.lineTo(neuron.x, neuron.y);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 0.92;
  context.fillStyle = theme.surface;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(left + 0.5, top + 0.5, width - 1, height - 1, 5);
  context.fill();
  context.stroke();
  context.globalAlpha = 1;
  paintCourse(context, membrane, box, at, theme);
}

/** Input lifts what is left, a spike takes it down, and until the next step it leaks. */
function paintCourse(
  context: CanvasRenderingContext2D, { before, after, spikes, decay, threshold, signed }: Membrane, { left, top, width, height }: Box, at: Moment, theme: Theme,
): void {
  const highest = Math.max(1.15 * threshold, ...before, ...after);
  const lowest = Math.min(signed ? -1.15 * threshold : 0, ...before, ...after);
  const column = (width - 2 * INSET) / before.length;
  const x = (t: number): number => left + INSET + t * column;
  const y = (value: number): number => top + INSET + ((highest - value) / (highest - lowest)) * (height - 2 * INSET);
  if (at !== 'mean') {
    context.fillStyle = theme.sunken;
    context.fillRect(x(at), top + 2, column, height - 4);
  }
  context.setLineDash([4, 3]);
  for (const level of signed ? [threshold, -threshold] : [threshold]) {
    context.strokeStyle = level > 0 ? theme.accent : theme.negative;
    context.beginPath();
    context.moveTo(left + INSET, y(level));
    context.lineTo(left + width - INSET, y(level));
    context.stroke();
  }
  context.setLineDash([]);
  context.strokeStyle = theme.ink;
  context.beginPath();
  context.moveTo(x(0), y(0));
  before.forEach((peak, t) => {
    const kept = after[t] ?? 0;
    context.lineTo(x(t + RISE), y(peak));
    if (spikes[t] !== 0) context.lineTo(x(t + RISE + FALL), y(kept));
    context.lineTo(x(t + 1), y(decay * kept));
  });
  context.stroke();
  before.forEach((peak, t) => {
    const sent = spikes[t] ?? 0;
    context.fillStyle = sent > 0 ? theme.positive : sent < 0 ? theme.negative : theme.ink;
    disc(context, x(t + RISE), y(peak), sent === 0 ? 1.5 : 3);
  });
}
