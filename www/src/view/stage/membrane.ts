/** The membrane of the chosen neuron, drawn beside it: its potential after each time step's input, against the threshold. */
import type { Theme } from '../shared/element';
import type { Look, Moment } from './film';
import { disc } from './marks';
import type { Box, Scene } from './scene';
import type { Place } from './traffic';

/** Full size, and the share of it that a narrow stage has room for. */
const [WIDE, HIGH, INSET] = [96, 48, 7];
const [NARROW, SMALLER] = [520, 0.65];
/** Between the neuron and the drawing. */
const AWAY = 14;

export interface Membrane {
  /** After each time step's input, before the reset. */
  readonly potentials: readonly number[];
  /** What was sent at each. */
  readonly spikes: readonly number[];
  readonly threshold: number;
  /** Whether there is a negative threshold, too. */
  readonly signed: boolean;
}

/** Nothing where the neuron has no membrane. */
export function membraneOf({ layer, steps }: Look, neuron: number, threshold: number, signed: boolean): Membrane | undefined {
  const neurons = layer.potentials.length / steps;
  if (neuron >= neurons) return undefined;
  const of = (values: Float32Array): number[] => Array.from({ length: steps }, (_, t) => values[t * neurons + neuron] ?? 0);
  return { potentials: of(layer.potentials), spikes: of(layer.spikes), threshold, signed };
}

/** Where the drawing stands: beside the neuron where there is room, and inside the stage. */
function boxOf({ x, y }: Place, { width, height, captionTop, classes }: Scene): Box {
  const size = width < NARROW ? SMALLER : 1;
  const [wide, high] = [size * WIDE, size * HIGH];
  const left = x + AWAY + wide <= classes.left ? x + AWAY : x - AWAY - wide;
  const top = y - AWAY - high >= captionTop ? y - AWAY - high : y + AWAY;
  return { left: Math.max(0, left), top: Math.max(0, Math.min(top, height - high)), width: wide, height: high };
}

export function paintMembrane(context: CanvasRenderingContext2D, membrane: Membrane, beside: Place, scene: Scene, at: Moment, theme: Theme): void {
  const { potentials, spikes, threshold, signed } = membrane;
  const { left, top, width, height } = boxOf(beside, scene);
  const highest = Math.max(1.15 * threshold, ...potentials);
  const lowest = Math.min(signed ? -1.15 * threshold : 0, ...potentials);
  const column = (width - 2 * INSET) / potentials.length;
  const x = (t: number): number => left + INSET + (t + 0.5) * column;
  const y = (value: number): number => top + INSET + ((highest - value) / (highest - lowest)) * (height - 2 * INSET);

  context.globalAlpha = 0.92;
  context.fillStyle = theme.surface;
  context.strokeStyle = theme.accent;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(left + 0.5, top + 0.5, width - 1, height - 1, 5);
  context.fill();
  context.stroke();
  context.globalAlpha = 1;
  if (at !== 'mean') {
    context.fillStyle = theme.sunken;
    context.fillRect(x(at) - column / 2, top + 2, column, height - 4);
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
  potentials.forEach((potential, t) => { context.lineTo(x(t), y(potential)); });
  context.stroke();
  potentials.forEach((potential, t) => {
    const sent = spikes[t] ?? 0;
    context.fillStyle = sent > 0 ? theme.positive : sent < 0 ? theme.negative : theme.ink;
    disc(context, x(t), y(potential), sent === 0 ? 1.5 : 3);
  });
}
