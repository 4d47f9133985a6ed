/** Draws the stage at a moment: columns, what fires in them, what is under way between them, and the evidence that grows from it. */
import type { LayerInfo, Probe } from '../../worker/protocol';
import type { Theme } from '../shared/element';
import { percent } from '../shared/part';
import { fillImage } from '../shared/picture';
import { paintClasses } from './classes';
import { areEvents, fillInflow, inflowShape, isMean } from './inflow';
import { Film, rateOf, sentAt, strongestOf, type Look, type Moment } from './film';
import type { StageFrame } from './frame';
import { along, disc, mark, thread } from './marks';
import { FlatPoints, sharesOf } from './points';
import { membraneOf, membranePlace, paintMembrane, type Membrane } from './membrane';
import { layOut, type Box, type Column, type Scene } from './scene';
import { strongestSaid } from './says';
import { Sheet } from './sheet';
import { Stops } from './stops';
import { busiest, type Place } from './traffic';

/** A moment on the stage: a time step and how much of it is over (more than 1 in the rest after the last), one that is held, or the mean of all. */
export type StageMoment =
  | { readonly kind: 'step'; readonly step: number; readonly over: number }
  | { readonly kind: 'held'; readonly step: number }
  | { readonly kind: 'mean' };

/** What is left of a spike when the next time step comes through. */
const AFTERGLOW = 0.3;
/** So close to a point a click means it. */
const NEAR = 8;
/** Threads between two columns: more are a tangle in which none can be followed. */
const MOST_THREADS = 9;
/** A column with less room than this gets a number in place of words. */
const ROOM_FOR_WORDS = 62;

/** What is known of a frame until the next. */
interface Staged {
  readonly frame: StageFrame;
  readonly scene: Scene;
  readonly stops: Stops;
  readonly looks: readonly Look[];
  readonly strongest: readonly number[];
  readonly points: FlatPoints | undefined;
  /** Of the chosen neuron, where it has one. */
  readonly membrane: { readonly of: Membrane; readonly box: Box } | undefined;
}

type Choice = NonNullable<StageFrame['chosen']>;

export class StagePainter {
  private set: Staged | undefined;
  private readonly films: Film[] = [];
  /** What points do in each column, which costs more to draw than cells. */
  private readonly sheets: Sheet[] = [];
  private readonly ground = new Sheet();
  private readonly evidence = new Sheet();
  private heard: { readonly at: Moment; readonly places: readonly Place[] } | undefined;

  get scene(): Scene | undefined {
    return this.set?.scene;
  }

  /** Takes in another sample, another network, or the same one later. */
  take(frame: StageFrame, width: number, height: number, scale: number): void {
    const { probe, kind, layers, chosen } = frame;
    const looks = probe.layers.map((layer, i): Look => ({ layer, steps: probe.steps, graded: kind === 'real' || layers[i]?.spiking === false }));
    const strongest = probe.layers.map(strongestOf);
    const shape = chosen === undefined ? undefined : probe.layers[chosen.layer]?.shape;
    const point = chosen === undefined || shape?.length !== 2 ? undefined : Math.floor(chosen.neuron / (shape[1] ?? 1));
    const points = probe.cloud === undefined ? undefined : new FlatPoints(probe.cloud.points, point);
    const scene = layOut({
      width, height, scale, seen: probe.cloud === undefined ? [inflowShape(probe).height, inflowShape(probe).width] : [1, 1],
      shapes: probe.layers.map((layer) => layer.shape), classes: probe.classes, ...(chosen === undefined ? {} : { chosen }),
    });
    const look = looks[chosen?.layer ?? 0];
    const stops = new Stops(frame, scene, looks, strongest, points);
    const of = chosen === undefined || look === undefined || frame.dynamics === undefined || layers[chosen.layer]?.spiking === false ? undefined
      : membraneOf(look, chosen.neuron, frame.dynamics, kind === 'ternary');
    const place = chosen === undefined ? undefined : stops.placeOf(chosen.layer, chosen.neuron);
    const membrane = of === undefined || place === undefined ? undefined : { of, box: membranePlace(place, scene) };
    this.set = { frame, scene, looks, strongest, points, membrane, stops };
    this.heard = undefined;
    for (const sheet of [this.ground, this.evidence, ...this.sheets]) sheet.clear();
    while (this.films.length < probe.layers.length) {
      this.films.push(new Film());
      this.sheets.push(new Sheet());
    }
  }

  paint(context: CanvasRenderingContext2D, moment: StageMoment, theme: Theme, scale: number): void {
    const { set } = this;
    if (set === undefined) return;
    const { frame, scene } = set;
    const all = { left: 0, top: 0, width: scene.width, height: scene.height };
    this.ground.lay(context, `${momentOf(moment)}:${theme.ink}`, all, scale, (own) => { this.paintGround(own, set, moment, theme); });
    scene.columns.forEach((column, i) => { this.paintColumn(context, set, column, i, moment, theme, scale); });
    if (frame.chosen !== undefined) this.paintChosen(context, set, frame.chosen, moment, theme);
    if (frame.chosen !== undefined && frame.said !== undefined) paintSaid(context, set, frame.chosen, frame.said, theme);
    if (moment.kind !== 'mean') paintPulses(context, set, moment, theme);
    const heard = heardUntil(set, moment);
    this.evidence.lay(context, `${heard ?? 'none'}:${theme.ink}`, scene.classes, scale, (own) => {
      paintClasses(own, frame, scene.classes, heard, theme);
    });
  }

  /** The neuron of a point near a place: of its channels one that fires, if any does. */
  pointAt(column: Column, x: number, y: number): number | undefined {
    const { set } = this;
    const look = set?.looks[set.scene.columns.indexOf(column)];
    const points = set?.points;
    if (look === undefined || points === undefined) return undefined;
    const near = points.shown.map((point) => ({ point, away: distance(points.place(point, column), x, y) }))
      .reduce((best, next) => (next.away < best.away ? next : best));
    if (near.away > NEAR) return undefined;
    const channels = column.shape[1] ?? 1;
    const neurons = Array.from({ length: channels }, (_, c) => near.point * channels + c);
    return neurons.find((neuron) => look.layer.spikes.length > 0 && sentAt(look, neuron, 'mean') !== 0) ?? neurons[0];
  }

  /** What stands still for a whole time step. */
  private paintGround(context: CanvasRenderingContext2D, set: Staged, moment: StageMoment, theme: Theme): void {
    const { frame: { probe, layers }, scene, points } = set;
    paintSkips(context, layers, scene, theme);
    context.strokeStyle = theme.line;
    context.globalAlpha = 0.8;
    context.beginPath();
    const step = moment.kind === 'mean' ? probe.steps - 1 : moment.step;
    for (let column = 0; column <= scene.columns.length; column += 1) {
      for (const { from, to } of busiest(set.stops.pulsesTo(column, step), MOST_THREADS)) thread(context, from, to);
    }
    context.stroke();
    context.globalAlpha = 1;
    if (points === undefined) paintInput(context, probe, momentOf(moment), scene.input, theme);
    else paintDots(context, points, scene.input, theme.ink, 0.7, () => 0.6);
    context.fillStyle = theme.sunken;
    for (const column of scene.columns) {
      if (column.kind === 'points' && points !== undefined) paintDots(context, points, column, theme.muted, 0.35, () => 0.4);
      context.fillStyle = theme.sunken;
      for (const { left, top, width, height } of column.tiles) context.fillRect(left, top, width, height);
    }
    paintCaptions(context, set, moment, theme);
  }

  private paintColumn(context: CanvasRenderingContext2D, set: Staged, column: Column, i: number, moment: StageMoment, theme: Theme, scale: number): void {
    const [look, strongest, film, sheet] = [set.looks[i], set.strongest[i], this.films[i], this.sheets[i]];
    const shown = glowOf(moment, arrival(set, i));
    if (shown === undefined || look === undefined || strongest === undefined || film === undefined || sheet === undefined) return;
    context.globalAlpha = shown.alpha;
    if (column.kind === 'points') {
      // Dots at the rim reach out of their box.
      const box = { left: column.left - 8, top: column.top - 8, width: column.width + 16, height: column.height + 16 };
      sheet.lay(context, `${shown.at}:${theme.ink}`, box, scale, (own) => { paintFiringPoints(own, set, look, column, shown.at, theme); });
    } else {
      film.show(column, look, shown.at, strongest, theme, scale);
      context.imageSmoothingEnabled = false;
      context.drawImage(film.canvas, column.left, column.top, column.width, column.height);
    }
    context.globalAlpha = 1;
  }

  private paintChosen(
    context: CanvasRenderingContext2D, { scene, stops, membrane }: Staged, { layer, neuron }: Choice, moment: StageMoment, theme: Theme,
  ): void {
    const column = scene.columns[layer];
    const place = stops.placeOf(layer, neuron);
    if (column === undefined || place === undefined) return;
    const at = momentOf(moment);
    if (this.heard?.at !== at) this.heard = { at, places: stops.inputsOf(layer, neuron, at) };
    context.strokeStyle = theme.accent;
    context.globalAlpha = 0.75;
    context.lineWidth = 1;
    context.beginPath();
    for (const from of this.heard.places) thread(context, from, place);
    context.stroke();
    context.globalAlpha = 1;
    context.lineWidth = 2;
    const half = Math.max(5, column.cell / 2 + 2);
    context.strokeRect(place.x - half, place.y - half, 2 * half, 2 * half);
    context.lineWidth = 1;
    if (membrane !== undefined) paintMembrane(context, membrane.of, membrane.box, place, at, theme);
  }
}

/** Threads from the chosen neuron to the classes that it speaks for, and dashed ones to those that it speaks against. */
function paintSaid(
  context: CanvasRenderingContext2D, { scene, stops, frame }: Staged, { layer, neuron }: Choice, values: Float32Array, theme: Theme,
): void {
  const from = stops.placeOf(layer, neuron);
  if (from === undefined) return;
  const said = strongestSaid(values);
  const most = Math.abs(said[0]?.value ?? 1);
  const row = scene.classes.height / frame.probe.classes;
  context.globalAlpha = 0.85;
  for (const { class: c, value } of said) {
    context.strokeStyle = value > 0 ? theme.positive : theme.negative;
    context.lineWidth = 0.75 + 2 * (Math.abs(value) / most);
    context.setLineDash(value > 0 ? [] : [4, 3]);
    context.beginPath();
    thread(context, from, { x: scene.classes.left + 2, y: scene.classes.top + (c + 0.5) * row });
    context.stroke();
  }
  context.setLineDash([]);
  context.lineWidth = 1;
  context.globalAlpha = 1;
}

function momentOf(moment: StageMoment): Moment {
  return moment.kind === 'mean' ? 'mean' : moment.step;
}

/** When the wave of a time step reaches a column, as a share of the step; the input is -1. */
function arrival({ looks }: Staged, column: number): number {
  return (column + 1) / (looks.length + 1.6);
}

/** What of a column glows at a moment, and how much: the step before until the wave arrives, then the present one. */
function glowOf(moment: StageMoment, arrives: number): { readonly at: Moment; readonly alpha: number } | undefined {
  if (moment.kind !== 'step') return { at: momentOf(moment), alpha: 1 };
  const { step, over } = moment;
  const since = over - arrives;
  // The last step stays while the answer stands.
  const left = (age: number): number => Math.max(AFTERGLOW, 1 - (1 - AFTERGLOW) * age);
  if (since >= 0) return { at: step, alpha: left(since) };
  return step === 0 ? undefined : { at: step - 1, alpha: left(since + 1) };
}

/** The last time step whose wave has come through to the classes. */
function heardUntil(set: Staged, moment: StageMoment): number | undefined {
  if (moment.kind === 'mean') return set.frame.probe.steps - 1;
  if (moment.kind === 'held' || moment.over >= arrival(set, set.looks.length)) return moment.step;
  return moment.step === 0 ? undefined : moment.step - 1;
}

function paintPulses(context: CanvasRenderingContext2D, set: Staged, moment: Exclude<StageMoment, { kind: 'mean' }>, theme: Theme): void {
  for (let column = 0; column <= set.looks.length; column += 1) {
    const source = set.stops.source(column);
    const [start, end] = [arrival(set, source), arrival(set, column)];
    const isSpike = source >= 0 && set.frame.layers[source]?.spiking !== false;
    for (const { from, to, sent, delay } of set.stops.pulsesTo(column, moment.step)) {
      // A held step shows them halfway.
      const gone = moment.kind === 'held' ? 0.35 + 0.3 * delay : ((moment.over - start) / (end - start)) * 1.5 - 0.5 * delay;
      if (gone <= 0 || gone >= 1) continue;
      const { x, y } = along(from, to, gone);
      mark(context, x, y, isSpike ? sent : undefined, theme);
    }
  }
}

/** What flows in at a moment; of all time steps the image itself, unless a camera saw another. */
function paintInput(context: CanvasRenderingContext2D, probe: Probe, moment: Moment, box: Box, theme: Theme): void {
  const { input, steps } = probe;
  const { height, width } = inflowShape(probe);
  const picture = document.createElement('canvas');
  [picture.width, picture.height] = [width, height];
  const own = picture.getContext('2d');
  if (own === null || width === 0 || height === 0) return;
  const image = own.createImageData(width, height);
  if (input !== undefined && (moment !== 'mean' || areEvents(input))) fillInflow(image.data, input, steps, moment, theme);
  else fillImage(image.data, probe.pixels, probe, 1, theme);
  own.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, box.left, box.top, box.width, box.height);
}

/** `size`: of each shown point, in shares of the largest; 0 leaves it out. */
function paintDots(context: CanvasRenderingContext2D, points: FlatPoints, box: Box, colour: string, alpha: number, size: (i: number) => number): void {
  const most = Math.max(1.8, box.width / 30);
  context.fillStyle = colour;
  context.globalAlpha = alpha;
  points.shown.forEach((point, i) => {
    const place = points.place(point, box);
    if (place !== undefined && size(i) > 0) disc(context, place.x, place.y, most * size(i));
  });
  context.globalAlpha = 1;
}

function paintFiringPoints(context: CanvasRenderingContext2D, { points, stops }: Staged, look: Look, column: Column, at: Moment, theme: Theme): void {
  if (points === undefined) return;
  const won = look.layer.spikes.length > 0 ? undefined : stops.wonAt(at);
  const shares = won === undefined ? sharesOf(look, points.shown, at) : Float32Array.from(points.shown, (point) => (won.has(point) ? 0.6 : 0));
  const size = (share: number): number => (share > 0 ? 0.4 + Math.sqrt(share) : 0);
  paintDots(context, points, column, theme.positive, 1, (i) => size(shares[i] ?? 0));
  paintDots(context, points, column, theme.negative, 1, (i) => size(-(shares[i] ?? 0)));
}

/** The way around each residual block, over the columns. */
function paintSkips(context: CanvasRenderingContext2D, layers: readonly LayerInfo[], { columns, captionTop }: Scene, theme: Theme): void {
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  layers.forEach(({ skip }, i) => {
    const [start, end] = [columns[i - 2], columns[i]];
    if (!skip || start === undefined || end === undefined) return;
    const [from, to] = [start.left + start.width / 2, end.left + end.width / 2];
    const top = Math.max(2, captionTop - 6, Math.min(start.top, end.top) - 26);
    context.beginPath();
    context.moveTo(from, start.top);
    context.bezierCurveTo(from, top, to, top, to, end.top);
    context.stroke();
  });
}

function paintCaptions(context: CanvasRenderingContext2D, { frame: { probe, layers }, scene, looks }: Staged, moment: StageMoment, theme: Theme): void {
  context.font = '11px system-ui, sans-serif';
  context.fillStyle = theme.muted;
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  const pitch = (scene.columns[1]?.left ?? scene.classes.left) - (scene.columns[0]?.left ?? 0);
  const wide = pitch >= ROOM_FOR_WORDS;
  const fits = (text: string): boolean => context.measureText(text).width < pitch - 12;
  context.fillText(inputWord(probe), scene.input.left + scene.input.width / 2, scene.captionTop);
  scene.columns.forEach((column, i) => {
    const middle = column.left + column.width / 2;
    context.fillText([columnText(column), shapeText(column.shape)].find(fits) ?? String(i + 1), middle, scene.captionTop);
    const look = looks[i];
    if (!wide || look === undefined) return;
    const verb = layers[i]?.spiking === false ? 'send' : 'fire';
    context.fillText(look.layer.spikes.length === 0 ? 'largest go on' : `${percent(rateOf(look, momentOf(moment)), 0)} ${verb}`, middle, scene.height - 3);
  });
  context.fillText('evidence', scene.classes.left + scene.classes.width / 2, scene.captionTop);
}

function inputWord({ cloud, input, steps }: Probe): string {
  if (cloud !== undefined) return 'cloud';
  if (input === undefined) return 'image';
  if (isMean(input, steps)) return 'mean';
  return areEvents(input) ? 'events' : 'spikes';
}

/** "64", "8 of 16 × 28²": what of a layer is drawn. */
function columnText({ kind, shape, tiles }: Column): string {
  const all = shapeText(shape);
  return kind === 'maps' && tiles.length < (shape[0] ?? 0) ? `${tiles.length} of ${all}` : all;
}

function shapeText(shape: readonly number[]): string {
  if (shape.length === 1) return `${shape[0] ?? 0}`;
  if (shape.length === 2) return `${shape[0] ?? 0} × ${shape[1] ?? 0}`;
  const [channels = 0, height = 0, width = 0] = shape;
  return height === width ? `${channels} × ${height}²` : `${channels} × ${height} × ${width}`;
}

function distance(place: Place | undefined, x: number, y: number): number {
  return place === undefined ? Infinity : Math.hypot(place.x - x, place.y - y);
}
