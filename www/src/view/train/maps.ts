/** The spikes of a convnet's layers as images: one small map a channel, at one time step or summed over all. */
import { render } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { App } from '../../app';
import type { ProbeLayer } from '../../worker/protocol';
import { h, say } from '../shared/element';
import { changes, Kept, layerKeys } from '../shared/kept';
import type { SlowMotion } from '../shared/motion';
import { panel, type Part } from '../shared/part';
import { mix, Picture } from '../shared/picture';

/** More channels than this are too small to tell anything. */
const MAX_CHANNELS = 64;
/** A map is drawn at least this wide; it is scaled down to its place from there. */
const MAP_WIDTH = 56;
const GAP = 3;

interface MapPanel {
  readonly element: HTMLElement;
  readonly picture: Picture;
  readonly title: HTMLElement;
  readonly changed: ReturnType<typeof changes>;
  /** Whether it has never been drawn. */
  isNew: boolean;
  /** Whether it shows something else than it should. */
  isStale: boolean;
  letGo(): void;
}

interface Grid {
  readonly channels: number;
  readonly columns: number;
  readonly height: number;
  readonly width: number;
  /** Every neuron is this many pixels wide: at least 3, so that a negative spike can be drawn hollow. */
  readonly cell: number;
}

function gridOf(shape: readonly number[]): Grid {
  const [all = 1, height = 1, width = 1] = shape;
  const channels = Math.min(all, MAX_CHANNELS);
  return { channels, columns: Math.ceil(Math.sqrt(channels)), height, width, cell: Math.max(3, Math.ceil(MAP_WIDTH / width)) };
}

/** What each neuron sent at a time step, or on average over all of them. */
export function sentAt(layer: ProbeLayer, steps: number, step: number | undefined): Float32Array {
  const neurons = layer.spikes.length / steps;
  if (step !== undefined) return layer.spikes.subarray(step * neurons, (step + 1) * neurons);
  const mean = new Float32Array(neurons);
  for (let t = 0; t < steps; t += 1) {
    for (let i = 0; i < neurons; i += 1) mean[i] = (mean[i] ?? 0) + (layer.spikes[t * neurons + i] ?? 0) / steps;
  }
  return mean;
}

export function createMaps(app: App, motion: SlowMotion): Part {
  const { training, store } = app;
  const place = h('div', { class: 'maps' });
  const caption = h('p', { class: 'caption' });
  const element = panel(app, 'maps', 'Spike maps', place, caption);
  let shown: readonly ProbeLayer[] = [];
  /** First drawings that the frame has time for: each takes long. */
  let firsts = 0;

  const kept = new Kept((_, i): MapPanel => {
    const picture = new Picture('map pickable', { role: 'img' });
    picture.element.addEventListener('click', (event) => {
      const shape = shown[i]?.shape;
      const neuron = shape === undefined ? undefined : neuronAt(event, picture.element, gridOf(shape));
      if (neuron !== undefined) store.update({ layer: i, neuron }, 'replace');
    });
    const title = h('figcaption');
    // The frame in which it is made has enough to do.
    firsts = 0;
    const figure = h('figure', {}, title, picture.element);
    return { element: figure, picture, title, changed: changes(), isNew: true, isStale: true, letGo: () => { picture.letGo(); } };
  });

  const update = (): void => {
    const { probe } = training;
    const layers = probe?.layers.filter(({ shape }) => shape.length === 3) ?? [];
    element.hidden = layers.length === 0 || !app.shows('maps');
    if (probe === undefined || element.hidden) return;
    shown = layers;
    firsts = 1;
    const panels = kept.of(layerKeys(layers));
    render(repeat(panels, (map) => map, (map) => map.element), place);
    place.classList.toggle('many', layers.length > 8);
    const { layer: chosen, neuron } = store.state;
    panels.forEach((map, i) => {
      const { picture, title } = map;
      const layer = layers[i];
      if (layer === undefined) return;
      const [all = 1, height = 1, width = 1] = layer.shape;
      const marked = i === chosen ? Math.floor(neuron / (height * width)) : undefined;
      if (map.changed(layer, motion.step, marked)) map.isStale = true;
      if (!map.isStale || (map.isNew && firsts === 0)) return;
      if (map.isNew) firsts -= 1;
      [map.isNew, map.isStale] = [false, false];
      const sent = sentAt(layer, probe.steps, motion.step);
      const fired = sent.reduce((count, spike) => count + (spike === 0 ? 0 : 1), 0);
      draw(picture, sent, gridOf(layer.shape), marked);
      say(title, `Layer ${i + 1}${all > MAX_CHANNELS ? `: the first ${MAX_CHANNELS} of ${all} channels` : ''}`);
      const when = motion.step === undefined ? 'over all time steps' : `at time step ${motion.step + 1}`;
      picture.element.setAttribute('aria-label', `Layer ${i + 1}: ${fired} of ${sent.length} neurons fired ${when}.`);
    });
    if (panels.some(({ isStale }) => isStale)) requestAnimationFrame(update);
    const signs = (training.info?.config ?? store.state.config).spike === 'ternary' ? ' Negative spikes are hollow.' : '';
    say(caption, motion.step === undefined
      ? `One square a channel: the mean of ${probe.steps === 1 ? 'the one time step' : `all ${probe.steps} time steps`}.${signs} Choose a place to `
        + 'see its potential.'
      : `One square a channel: what fired at time step ${motion.step + 1} of ${probe.steps}.${signs} A chosen place has its potential on the stage.`);
  };
  return { element, update };
}

function neuronAt(event: MouseEvent, canvas: HTMLCanvasElement, { channels, columns, height, width, cell }: Grid): number | undefined {
  const box = canvas.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * canvas.width - GAP;
  const y = ((event.clientY - box.top) / box.height) * canvas.height - GAP;
  const [pitchX, pitchY] = [width * cell + GAP, height * cell + GAP];
  const channel = Math.floor(y / pitchY) * columns + Math.floor(x / pitchX);
  const [column, row] = [Math.floor((x % pitchX) / cell), Math.floor((y % pitchY) / cell)];
  if (x < 0 || y < 0 || channel >= channels || column >= width || row >= height) return undefined;
  return channel * height * width + row * width + column;
}

function draw(picture: Picture, sent: Float32Array, grid: Grid, marked: number | undefined): void {
  const { channels, columns, height, width, cell } = grid;
  const rows = Math.ceil(channels / columns);
  const [pitchX, pitchY] = [width * cell + GAP, height * cell + GAP];
  const [wide, high] = [columns * pitchX + GAP, rows * pitchY + GAP];
  const strongest = sent.reduce((top, spike) => Math.max(top, Math.abs(spike)), 1e-6);
  picture.draw(high, wide, (rgba, { rgb }) => {
    for (let pixel = 0; pixel < wide * high; pixel += 1) mix(rgba, pixel, rgb.surface, rgb.surface, 0);
    for (let c = 0; c < channels; c += 1) {
      const [left, top] = [GAP + (c % columns) * pitchX, GAP + Math.floor(c / columns) * pitchY];
      if (c === marked) frame(rgba, wide, left - 2, top - 2, width * cell + 4, height * cell + 4, rgb.ink);
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          const spike = sent[c * height * width + y * width + x] ?? 0;
          const colour = spike < 0 ? rgb.negative : rgb.positive;
          const share = Math.abs(spike) / strongest;
          for (let down = 0; down < cell; down += 1) {
            const from = (top + y * cell + down) * wide + left + x * cell;
            const edge = down === 0 || down === cell - 1;
            for (let across = 0; across < cell; across += 1) {
              const hollow = spike < 0 && !edge && across > 0 && across < cell - 1;
              mix(rgba, from + across, rgb.sunken, colour, hollow ? 0 : share);
            }
          }
        }
      }
    }
  });
}

function frame(rgba: Uint8ClampedArray, wide: number, left: number, top: number, width: number, height: number,
  colour: readonly [number, number, number]): void {
  for (let x = 0; x < width; x += 1) {
    mix(rgba, top * wide + left + x, colour, colour, 1);
    mix(rgba, (top + height - 1) * wide + left + x, colour, colour, 1);
  }
  for (let y = 0; y < height; y += 1) {
    mix(rgba, (top + y) * wide + left, colour, colour, 1);
    mix(rgba, (top + y) * wide + left + width - 1, colour, colour, 1);
  }
}
