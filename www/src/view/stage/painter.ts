/** Draws the stage at a moment: columns, what fires in them, what is under way between them, and the evidence that grows from it. */
import type { LayerInfo, NetworkKind, Probe, SpikeKind } from '../../worker/protocol';
import type { Theme } from '../shared/element';
import { percent } from '../shared/part';
import { paintClasses } from './classes';
import { Film, rateOf, sentAt, strongestOf, type Look, type Moment } from './film';
import { along, disc, mark, thread } from './marks';
import { FlatPoints, sharesOf } from './points';
import { layOut, placeOf, type Box, type Column, type Scene } from './scene';
import { Sheet } from './sheet';
import { firing, MOST_PULSES, pulsesOf, type Place, type Pulse, type Stop } from './traffic';
import { heardBy, hears } from './wiring';

export interface StageFrame {
  readonly probe: Probe;
  readonly layers: readonly LayerInfo[];
  readonly kind: SpikeKind;
  readonly network: NetworkKind;
  readonly classes: readonly string[];
  readonly chosen: { readonly layer: number; readonly neuron: number } | undefined;
}

/** A moment on the stage: a time step and how much of it is over (0 to 1), or the mean of all, or the rest after the last. */
export type StageMoment =
  | { readonly kind: 'step'; readonly step: number; readonly over: number; readonly first: boolean }
  | { readonly kind: 'held'; readonly step: number }
  | { readonly kind: 'mean' };

/** What a spike leaves behind until the next time step comes through. */
const AFTERGLOW = 0.3;
/** Inputs of a chosen neuron that are drawn. */
const MOST_INPUTS = 40;
/** So close to a point a click means it. */
const NEAR = 8;
/** A column with less room than this gets a number in place of words. */
const ROOM_FOR_WORDS = 62;

export class StagePainter {
  scene: Scene | undefined;
  private frame: StageFrame | undefined;
  private looks: readonly Look[] = [];
  private strongest: readonly number[] = [];
  private points: FlatPoints | undefined;
  private pointsOf: Float32Array | undefined;
  private films: { now: Film; before: Film }[] = [];
  private readonly picture = document.createElement('canvas');
  private pictureOf = '';
  /** What the chosen neuron hears in a time step. */
  private heard: { readonly at: Moment; readonly places: readonly Place[] } | undefined;
  private readonly ground = new Sheet();
  private readonly evidence = new Sheet();
  private readonly pulses = new Map<string, Pulse[]>();
  private readonly shares = new Map<string, Float32Array>();

  /** Takes in another sample, another network, or the same one later. */
  take(frame: StageFrame, width: number, height: number, scale: number): void {
    const { probe, kind, layers } = frame;
    if (this.frame?.probe !== probe) {
      this.looks = probe.layers.map((layer, i) => ({ layer, steps: probe.steps, graded: kind === 'real' || layers[i]?.spiking === false }));
      this.strongest = probe.layers.map(strongestOf);
      this.pictureOf = '';
    }
    const cloud = probe.cloud?.points;
    if (cloud !== this.pointsOf) {
      this.pointsOf = cloud;
      this.points = cloud === undefined ? undefined : new FlatPoints(cloud);
    }
    this.frame = frame;
    this.ground.clear();
    this.evidence.clear();
    this.heard = undefined;
    this.pulses.clear();
    this.shares.clear();
    this.scene = layOut({
      width, height, scale, seen: probe.cloud === undefined ? [probe.height, probe.width] : [1, 1],
      shapes: probe.layers.map(({ shape }) => shape), classes: probe.classes,
      ...(frame.chosen === undefined ? {} : { chosen: frame.chosen }),
    });
    while (this.films.length < probe.layers.length) this.films.push({ now: new Film(), before: new Film() });
  }

  paint(context: CanvasRenderingContext2D, moment: StageMoment, theme: Theme, scale: number): void {
    const { frame, scene } = this;
    if (frame === undefined || scene === undefined) return;
    const { width, height } = scene;
    const heard = this.heardUntil(moment);
    this.ground.lay(context, `${moment.kind === 'mean' ? 'mean' : moment.step}:${theme.ink}`, width, height, scale, (own) => {
      this.paintSkips(own, frame, scene, theme);
      this.paintThreads(own, scene, moment, theme);
      this.paintInput(own, frame, scene.input, theme);
      own.fillStyle = theme.sunken;
      for (const { tiles } of scene.columns) for (const tile of tiles) own.fillRect(tile.left, tile.top, tile.width, tile.height);
      this.paintCaptions(own, frame, scene, moment, theme);
    });
    scene.columns.forEach((column, i) => { this.paintColumn(context, column, i, moment, theme, scale); });
    if (frame.chosen !== undefined) this.paintChosen(context, frame, scene, frame.chosen, moment, theme);
    this.paintPulses(context, scene, moment, theme);
    this.evidence.lay(context, `${heard ?? 'none'}:${theme.ink}`, width, height, scale, (own) => {
      paintClasses(own, frame.probe, frame.classes, scene.classes, heard, theme);
    });
  }

  /** When the wave of a time step reaches a column, as a share of the step; the input is -1. */
  private arrival(column: number): number {
    return (column + 1) / (this.looks.length + 1.6);
  }

  private paintInput(context: CanvasRenderingContext2D, { probe }: StageFrame, box: Box, theme: Theme): void {
    if (this.points !== undefined) {
      this.paintPoints(context, box, undefined, 1, theme);
      return;
    }
    const { pixels, height, width } = probe;
    if (this.pictureOf !== theme.ink) {
      this.pictureOf = theme.ink;
      [this.picture.width, this.picture.height] = [width, height];
      const own = this.picture.getContext('2d');
      if (own === null) return;
      const image = own.createImageData(width, height);
      const { ink, sunken } = theme.rgb;
      for (let i = 0; i < pixels.length; i += 1) {
        for (let c = 0; c < 3; c += 1) image.data[4 * i + c] = (sunken[c] ?? 0) + ((ink[c] ?? 0) - (sunken[c] ?? 0)) * (pixels[i] ?? 0);
        image.data[4 * i + 3] = 255;
      }
      own.putImageData(image, 0, 0);
    }
    context.imageSmoothingEnabled = false;
    context.drawImage(this.picture, box.left, box.top, box.width, box.height);
  }

  /** `shares`: how much of each point fired; missing, the points are drawn as they come in. */
  private paintPoints(context: CanvasRenderingContext2D, box: Box, shares: Float32Array | undefined, alpha: number, theme: Theme): void {
    const { points } = this;
    if (points === undefined) return;
    const most = Math.max(1.8, box.width / 30);
    points.shown.forEach((_, i) => {
      const { x, y } = points.place(i, box);
      const share = shares?.[i];
      context.fillStyle = share === undefined ? theme.ink : theme.muted;
      context.globalAlpha = share === undefined ? 0.7 : 0.35;
      disc(context, x, y, share === undefined ? most * 0.6 : most * 0.4);
      if (share === undefined || share === 0) return;
      context.fillStyle = share < 0 ? theme.negative : theme.positive;
      context.globalAlpha = alpha;
      disc(context, x, y, most * (0.4 + Math.sqrt(Math.abs(share))));
    });
    context.globalAlpha = 1;
  }

  private paintColumn(context: CanvasRenderingContext2D, column: Column, i: number, moment: StageMoment, theme: Theme, scale: number): void {
    const [look, films, strongest] = [this.looks[i], this.films[i], this.strongest[i]];
    if (look === undefined || films === undefined || strongest === undefined) return;
    const draw = (film: Film, at: Moment, alpha: number): void => {
      if (alpha <= 0.02) return;
      if (column.kind === 'points') {
        this.paintPoints(context, column, this.sharesAt(look, i, at), alpha, theme);
        return;
      }
      film.show(column, look, at, strongest, theme, scale);
      context.globalAlpha = alpha;
      context.imageSmoothingEnabled = false;
      context.drawImage(film.canvas, column.left, column.top, column.width, column.height);
      context.globalAlpha = 1;
    };
    if (moment.kind !== 'step') {
      draw(films.now, moment.kind === 'mean' ? 'mean' : moment.step, 1);
      return;
    }
    const { step, over, first } = moment;
    const since = over - this.arrival(i);
    if (since >= 0) draw(films.now, step, 1 - (1 - AFTERGLOW) * since);
    else if (!first) draw(films.before, step === 0 ? look.steps - 1 : step - 1, 1 - (1 - AFTERGLOW) * (since + 1));
    else if (column.kind === 'points') this.paintPoints(context, column, new Float32Array(this.points?.shown.length ?? 0), 1, theme);
  }

  private sharesAt(look: Look, layer: number, moment: Moment): Float32Array {
    const key = `${layer}:${moment}`;
    const known = this.shares.get(key);
    if (known !== undefined) return known;
    const { layer: { spikes } } = look;
    const shares = spikes.length > 0 ? sharesOf(look, this.points?.shown ?? [], moment) : this.winnersAt(moment);
    this.shares.set(key, shares);
    return shares;
  }

  /** Under the maximum nothing fires: the points stand out whose values went on. */
  private winnersAt(moment: Moment): Float32Array {
    const { probe } = this.frame ?? {};
    const shown = this.points?.shown ?? [];
    if (probe?.cloud === undefined) return new Float32Array(shown.length);
    const channels = probe.cloud.winners.length / probe.steps;
    const winners = moment === 'mean' ? probe.cloud.winners : probe.cloud.winners.subarray(moment * channels, (moment + 1) * channels);
    const won = new Set(winners);
    return Float32Array.from(shown, (point) => (won.has(point) ? 0.6 : 0));
  }

  /** Columns as where spikes come from and go to: the input, the layers, the classes. */
  private stop(i: number): Stop | undefined {
    const { scene, frame, points } = this;
    if (scene === undefined || frame === undefined) return undefined;
    if (i < 0) return this.inputStop(frame, scene.input);
    const column = scene.columns[i];
    if (column === undefined) {
      const { classes } = scene;
      const row = classes.height / frame.probe.classes;
      return {
        neurons: Array.from({ length: frame.probe.classes }, (_, c) => c),
        place: (neuron) => ({ x: classes.left, y: classes.top + (neuron + 0.5) * row }),
      };
    }
    if (column.kind !== 'points') {
      const neurons = column.tiles.flatMap(({ from, neurons: count }) => Array.from({ length: count }, (_, n) => from + n));
      return { neurons, place: (neuron) => placeOf(column, neuron) };
    }
    const channels = column.shape[1] ?? 1;
    if (points === undefined) return undefined;
    // Another channel of another point each time: all of them are too many to ask.
    const neurons = points.shown.map((point, n) => point * channels + ((n * 7) % channels));
    return { neurons, place: (neuron) => points.place(points.shown.indexOf(Math.floor(neuron / channels)), column) };
  }

  private inputStop({ probe }: StageFrame, box: Box): Stop {
    const { points } = this;
    if (points !== undefined) return { neurons: points.shown.map((_, i) => i), place: (i) => points.place(i, box) };
    const cell = box.width / probe.width;
    return {
      neurons: Array.from(probe.pixels, (_, i) => i),
      place: (i) => ({ x: box.left + ((i % probe.width) + 0.5) * cell, y: box.top + (Math.floor(i / probe.width) + 0.5) * cell }),
    };
  }

  private fired(i: number, stop: Stop, step: number): number[] {
    const { frame } = this;
    const look = this.looks[i];
    if (look !== undefined) return look.layer.spikes.length === 0 ? [] : firing(stop, look, step, MOST_PULSES);
    if (i >= 0 || frame === undefined) return [];
    // Of the input whatever is not ground goes in, at every time step.
    const inked = frame.probe.cloud === undefined ? stop.neurons.filter((n) => (frame.probe.pixels[n] ?? 0) > 0.35) : stop.neurons;
    const count = Math.min(MOST_PULSES, inked.length);
    return Array.from({ length: count }, (_, n) => inked[Math.floor((n * inked.length) / count)] ?? 0);
  }

  /** What is under way from a column to the next in a time step. */
  private pulsesAt(from: number, step: number): Pulse[] {
    const key = `${from}:${step}`;
    const known = this.pulses.get(key);
    if (known !== undefined) return known;
    const [start, end] = [this.stop(from), this.stop(from + 1)];
    const look = this.looks[from];
    const strongest = this.strongest[from] ?? 1;
    const pulses = start === undefined || end === undefined ? [] : pulsesOf({
      from: start, to: end, sources: this.fired(from, start, step), targets: this.fired(from + 1, end, step),
      sent: (neuron) => (look === undefined ? 1 : sentAt(look, neuron, step) / strongest),
    });
    this.pulses.set(key, pulses);
    return pulses;
  }

  private stepOf(moment: StageMoment): number {
    return moment.kind === 'mean' ? this.lastStep : moment.step;
  }

  private get lastStep(): number {
    return (this.frame?.probe.steps ?? 1) - 1;
  }

  private paintThreads(context: CanvasRenderingContext2D, scene: Scene, moment: StageMoment, theme: Theme): void {
    context.strokeStyle = theme.line;
    context.lineWidth = 1;
    context.globalAlpha = 0.7;
    context.beginPath();
    for (let from = -1; from < scene.columns.length; from += 1) {
      for (const pulse of this.pulsesAt(from, this.stepOf(moment))) thread(context, pulse.from, pulse.to);
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  private paintPulses(context: CanvasRenderingContext2D, scene: Scene, moment: StageMoment, theme: Theme): void {
    if (moment.kind === 'mean') return;
    for (let from = -1; from < scene.columns.length; from += 1) {
      const [start, end] = [this.arrival(from), this.arrival(from + 1)];
      const analogue = from < 0 || this.looks[from]?.layer.spikes.length === 0;
      for (const { from: a, to: b, sent, delay } of this.pulsesAt(from, moment.step)) {
        // A held step shows them halfway.
        const gone = moment.kind === 'held' ? 0.35 + 0.3 * delay : (moment.over - start) / (end - start) * 1.5 - 0.5 * delay;
        if (gone <= 0 || gone >= 1) continue;
        const { x, y } = along(a, b, gone);
        mark(context, x, y, analogue ? undefined : sent, theme);
      }
    }
  }

  private paintSkips(context: CanvasRenderingContext2D, { layers }: StageFrame, { columns, captionTop }: Scene, theme: Theme): void {
    context.strokeStyle = theme.muted;
    context.lineWidth = 1;
    context.globalAlpha = 0.8;
    layers.forEach(({ skip }, i) => {
      const [start, end] = [columns[i - 2], columns[i]];
      if (!skip || start === undefined || end === undefined) return;
      const [from, to, top] = [start.left + start.width / 2, end.left + end.width / 2, Math.min(start.top, end.top)];
      context.beginPath();
      context.moveTo(from, start.top);
      context.bezierCurveTo(from, Math.max(2, captionTop - 6, top - 26), to, Math.max(2, captionTop - 6, top - 26), to, end.top);
      context.stroke();
    });
    context.globalAlpha = 1;
  }

  private paintChosen(
    context: CanvasRenderingContext2D, frame: StageFrame, scene: Scene, { layer, neuron }: { readonly layer: number; readonly neuron: number },
    moment: StageMoment, theme: Theme,
  ): void {
    const column = scene.columns[layer];
    const place = column === undefined ? undefined : this.placeIn(column, neuron);
    if (column === undefined || place === undefined) return;
    context.strokeStyle = theme.accent;
    context.globalAlpha = 0.75;
    context.lineWidth = 1;
    context.beginPath();
    const at = moment.kind === 'mean' ? 'mean' : moment.step;
    if (this.heard?.at !== at) this.heard = { at, places: this.inputsOf(frame, layer, neuron, moment) };
    for (const from of this.heard.places) thread(context, from, place);
    context.stroke();
    context.globalAlpha = 1;
    context.lineWidth = 2;
    const half = Math.max(5, column.cell / 2 + 2);
    context.strokeRect(place.x - half, place.y - half, 2 * half, 2 * half);
  }

  private placeIn(column: Column, neuron: number): Place | undefined {
    if (column.kind !== 'points') return placeOf(column, neuron);
    const { points } = this;
    const point = points?.shown.indexOf(Math.floor(neuron / (column.shape[1] ?? 1))) ?? -1;
    return point < 0 ? undefined : points?.place(point, column);
  }

  /** The neuron of a point near a place: of its channels one that fires, if any does. */
  pointAt(column: Column, x: number, y: number): number | undefined {
    const { points } = this;
    const channels = column.shape[1] ?? 1;
    const layer = this.scene?.columns.indexOf(column) ?? -1;
    const look = this.looks[layer];
    const near = points?.shown.map((point, i) => ({ point, away: distance(points.place(i, column), { x, y }) }))
      .reduce((best, next) => (next.away < best.away ? next : best));
    if (near === undefined || look === undefined || near.away > NEAR) return undefined;
    const firstThatFires = Array.from({ length: channels }, (_, c) => near.point * channels + c)
      .find((neuron) => look.layer.spikes.length > 0 && sentAt(look, neuron, 'mean') !== 0);
    return firstThatFires ?? near.point * channels;
  }

  /** Where those of a neuron's inputs stand that sent something at this moment. */
  private inputsOf(frame: StageFrame, layer: number, neuron: number, moment: StageMoment): Place[] {
    const [info, stop, look] = [frame.probe.layers[layer], this.stop(layer - 1), this.looks[layer - 1]];
    if (info === undefined || stop === undefined) return [];
    const { probe, network } = frame;
    const before = look?.layer.shape ?? (probe.cloud === undefined ? [1, probe.height, probe.width] : [probe.cloud.points.length / 3, 3]);
    const heard = heardBy(info, before, neuron, network);
    const at = moment.kind === 'mean' ? 'mean' : moment.step;
    const sends = (n: number): boolean => {
      if (look !== undefined) return look.layer.spikes.length > 0 && sentAt(look, n, at) !== 0;
      return probe.cloud !== undefined || (probe.pixels[n] ?? 0) > 0.1;
    };
    const inputs = stop.neurons.filter((n) => hears(heard, look === undefined && probe.cloud !== undefined ? [1, 1] : before, n) && sends(n));
    const every = Math.max(1, Math.ceil(inputs.length / MOST_INPUTS));
    return inputs.filter((_, n) => n % every === 0).flatMap((n) => stop.place(n) ?? []);
  }

  /** The last time step whose wave has come through to the classes. */
  private heardUntil(moment: StageMoment): number | undefined {
    if (moment.kind !== 'step') return this.stepOf(moment);
    if (moment.over >= this.arrival(this.looks.length)) return moment.step;
    if (moment.first) return undefined;
    return moment.step === 0 ? this.lastStep : moment.step - 1;
  }

  private paintCaptions(context: CanvasRenderingContext2D, { probe, layers }: StageFrame, scene: Scene, moment: StageMoment, theme: Theme): void {
    context.font = '11px system-ui, sans-serif';
    context.fillStyle = theme.muted;
    context.textAlign = 'center';
    context.textBaseline = 'alphabetic';
    const pitch = (scene.columns[1]?.left ?? scene.classes.left) - (scene.columns[0]?.left ?? 0);
    const wide = pitch >= ROOM_FOR_WORDS;
    context.fillText(probe.cloud === undefined ? 'image' : 'cloud', scene.input.left + scene.input.width / 2, scene.captionTop);
    scene.columns.forEach((column, i) => {
      const middle = column.left + column.width / 2;
      context.fillText(wide ? shapeText(column.shape) : String(i + 1), middle, scene.captionTop);
      const look = this.looks[i];
      if (!wide || look === undefined) return;
      const verb = layers[i]?.spiking === false ? 'send' : 'fire';
      context.fillText(look.layer.spikes.length === 0 ? 'largest go on' : `${percent(this.rate(look, moment), 0)} ${verb}`, middle, scene.height - 3);
    });
    context.fillText('evidence', scene.classes.left + scene.classes.width / 2, scene.captionTop);
  }

  private readonly rates = new WeakMap<Look, Map<Moment, number>>();

  private rate(look: Look, moment: StageMoment): number {
    const at = moment.kind === 'mean' ? 'mean' : moment.step;
    const known = this.rates.get(look) ?? new Map<Moment, number>();
    this.rates.set(look, known);
    const rate = known.get(at) ?? rateOf(look, at);
    known.set(at, rate);
    return rate;
  }
}

function distance(one: Place, other: Place): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

export function shapeText(shape: readonly number[]): string {
  if (shape.length === 1) return `${shape[0] ?? 0}`;
  return shape.length === 2 ? `${shape[0] ?? 0} × ${shape[1] ?? 0}` : `${shape[0] ?? 0} × ${shape[1] ?? 0}²`;
}
