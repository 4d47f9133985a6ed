/**
 * What a layer sent at one time step, as a picture of its column: a neuron is a cell. Positive spikes are full, negative ones
 * hollow in another colour where a cell has room for that, graded ones as high as they are strong.
 */
import type { ProbeLayer } from '../../worker/protocol';
import type { Theme } from '../shared/element';
import { strideOf } from '../shared/stride';
import { SHARP, wholePixels, type Column } from './scene';

/** What is drawn of a layer: a time step, or the mean of all. */
export type Moment = number | 'mean';

export interface Look {
  readonly layer: ProbeLayer;
  readonly steps: number;
  readonly graded: boolean;
}

/** Device pixels that a cell needs for a hollow middle, or for a height. */
const LEAST_FOR_SHAPE = 4;

/** What a neuron sent at a moment, the amplitude included. */
export function sentAt({ layer, steps }: Look, neuron: number, moment: Moment): number {
  const neurons = layer.spikes.length / steps;
  if (moment !== 'mean') return layer.spikes[moment * neurons + neuron] ?? 0;
  let sum = 0;
  for (let t = 0; t < steps; t += 1) sum += layer.spikes[t * neurons + neuron] ?? 0;
  return sum / steps;
}

/** The strongest of what a layer sent, so that the others are seen in proportion. */
export function strongestOf({ spikes }: ProbeLayer): number {
  const every = strideOf(spikes.length);
  let top = 1e-6;
  for (let i = 0; i < spikes.length; i += every) top = Math.max(top, Math.abs(spikes[i] ?? 0));
  return top;
}

/** The share of a layer's neurons that fire at a moment; of very many a sample is asked. */
export function rateOf({ layer: { spikes }, steps }: Look, moment: Moment): number {
  const neurons = spikes.length / steps;
  const [from, to] = moment === 'mean' ? [0, spikes.length] : [moment * neurons, (moment + 1) * neurons];
  const every = strideOf(to - from);
  let [fired, asked] = [0, 0];
  for (let i = from; i < to; i += every) {
    asked += 1;
    if (spikes[i] !== 0) fired += 1;
  }
  return fired / Math.max(1, asked);
}

/** A picture that is painted anew only when what it shows has changed. */
export class Film {
  readonly canvas = document.createElement('canvas');
  /** The cells before they are made smaller, where they are. */
  private readonly cells = document.createElement('canvas');
  private shown: string | undefined;
  private of: ProbeLayer | undefined;

  /** Brings the picture to a moment. `scale`: device pixels in a pixel of the page. */
  show(column: Column, look: Look, moment: Moment, strongest: number, theme: Theme, scale: number): void {
    const { tiles: { length }, left, cell: size } = column;
    const key = [moment, left, size, length, column.tiles.at(-1)?.from, scale, look.graded, theme.ink].join(':');
    if (key === this.shown && this.of === look.layer) return;
    this.shown = key;
    this.of = look.layer;
    const pixels = pixelsOf(column.cell * scale, wholePixels(column.cell, scale));
    const perPage = pixels / column.cell;
    const [wide, high] = [Math.ceil(column.width * perPage), Math.ceil(column.height * perPage)];
    const isSoft = column.cell * scale < SHARP;
    const drawn = isSoft ? this.cells : this.canvas;
    resize(drawn, wide, high);
    const context = drawn.getContext('2d');
    if (context === null || wide === 0 || high === 0) return;
    const image = context.createImageData(wide, high);
    const ink = new Uint32Array(image.data.buffer);
    for (const tile of column.tiles) {
      const [left, top] = [Math.round((tile.left - column.left) * perPage), Math.round((tile.top - column.top) * perPage)];
      for (let at = 0; at < tile.neurons; at += 1) {
        const sent = sentAt(look, tile.from + at, moment);
        if (sent === 0) continue;
        const corner = (top + Math.floor(at / tile.columns) * pixels) * wide + left + (at % tile.columns) * pixels;
        cell(ink, wide, corner, pixels, sent / strongest, look.graded && moment !== 'mean', theme);
      }
    }
    context.putImageData(image, 0, 0);
    if (isSoft) this.soften(Math.max(1, Math.round(column.width * scale)), Math.max(1, Math.round(column.height * scale)));
  }

  /** Once, in place of at every frame. */
  private soften(wide: number, high: number): void {
    resize(this.canvas, wide, high);
    const context = this.canvas.getContext('2d');
    context?.clearRect(0, 0, wide, high);
    context?.drawImage(this.cells, 0, 0, wide, high);
  }
}

function resize(canvas: HTMLCanvasElement, wide: number, high: number): void {
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
}

/** Pixels that a cell is drawn with: its own where there are enough, or more of them, that it keeps its shape as it is made smaller. */
function pixelsOf(device: number, whole: number): number {
  if (device >= SHARP) return Math.min(12, whole);
  return device >= 0.6 * SHARP ? SHARP : Math.max(1, Math.ceil(device));
}

/** Red, green, blue and how much of it shows, as a pixel lies in memory. */
function pixel([red, green, blue]: readonly [number, number, number], share: number): number {
  return ((Math.round(255 * share) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function cell(ink: Uint32Array, wide: number, corner: number, pixels: number, share: number, graded: boolean, theme: Theme): void {
  const shaped = pixels >= LEAST_FOR_SHAPE;
  // Between cells one pixel stays free, where there is one to spare.
  const size = shaped ? pixels - 1 : pixels;
  // By the root: one neuron that sends very much would leave all the others pale.
  const strength = Math.sqrt(Math.min(1, Math.abs(share)));
  const colour = pixel(share < 0 ? theme.rgb.negative : theme.rgb.positive, shaped && graded ? 1 : 0.25 + 0.75 * strength);
  const first = shaped && graded ? Math.min(size - 1, Math.round(size * (1 - strength))) : 0;
  const hollow = shaped && share < 0;
  for (let down = first; down < size; down += 1) {
    for (let across = 0; across < size; across += 1) {
      if (hollow && down > first && down < size - 1 && across > 0 && across < size - 1) continue;
      ink[corner + down * wide + across] = colour;
    }
  }
}
