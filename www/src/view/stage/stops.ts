/** The columns of a scene as what spikes leave and reach, and what is seen on its way between them. */
import { sentAt, type Look, type Moment } from './film';
import type { StageFrame } from './frame';
import { flowsIn, inflowShape } from './inflow';
import type { FlatPoints } from './points';
import { placeOf, type Column, type Scene } from './scene';
import { firing, MOST_PULSES, pulsesOf, spread, type Place, type Pulse, type Stop } from './traffic';
import { heardBy, hears, sourceOf } from './wiring';

/** Of what flows in only what says this much is seen on its way. */
const INKED = 0.35;
/** Inputs of a chosen neuron that are lit. */
const MOST_INPUTS = 40;

export class Stops {
  private readonly pulses = new Map<string, readonly Pulse[]>();
  private readonly known = new Map<number, Stop>();

  constructor(
    private readonly frame: StageFrame, private readonly scene: Scene, private readonly looks: readonly Look[],
    private readonly strongest: readonly number[], private readonly points: FlatPoints | undefined,
  ) {}

  /** The column that a column hears, -1 for the input; the classes hear the last layer. */
  source(column: number): number {
    return column >= this.looks.length ? this.looks.length - 1 : sourceOf(this.frame.probe.layers, column);
  }

  /** What is under way to a column in a time step. */
  pulsesTo(column: number, step: number): readonly Pulse[] {
    const key = `${column}:${step}`;
    const known = this.pulses.get(key);
    if (known !== undefined) return known;
    const from = this.source(column);
    const [start, end, look] = [this.stop(from), this.stop(column), this.looks[from]];
    const strongest = this.strongest[from] ?? 1;
    const pulses = pulsesOf({
      from: start, to: end, sources: this.fired(from, start, step), targets: this.fired(column, end, step),
      sent: (neuron) => (look === undefined || look.layer.spikes.length === 0 ? 1 : sentAt(look, neuron, step) / strongest),
    });
    this.pulses.set(key, pulses);
    return pulses;
  }

  /** Where those of a neuron's inputs stand that sent something at a moment. */
  inputsOf(layer: number, neuron: number, moment: Moment): readonly Place[] {
    const info = this.frame.probe.layers[layer];
    if (info === undefined) return [];
    const { probe, network } = this.frame;
    const source = this.source(layer);
    const look = this.looks[source];
    const before = look?.layer.shape ?? this.inputShape();
    const heard = heardBy(info, before, neuron, network);
    const stop = this.stop(source);
    if (heard.kind === 'point') {
      const channels = before[1] ?? 1;
      const isSent = look === undefined || range(channels, heard.point * channels).some((n) => sentAt(look, n, moment) !== 0);
      const place = isSent ? stop.place(heard.point * (look === undefined ? 1 : channels)) : undefined;
      return place === undefined ? [] : [place];
    }
    const sends = (n: number): boolean => {
      if (look !== undefined) return look.layer.spikes.length === 0 || sentAt(look, n, moment) !== 0;
      return probe.cloud !== undefined || flowsIn(probe, n, moment) > (probe.input === undefined ? 0.1 : 0);
    };
    const inputs = stop.neurons.filter((n) => hears(heard, before, n) && sends(n));
    const every = Math.max(1, Math.ceil(inputs.length / MOST_INPUTS));
    return inputs.filter((_, n) => n % every === 0).flatMap((n) => stop.place(n) ?? []);
  }

  /** Where a neuron of a layer stands, if it is in sight. */
  placeOf(layer: number, neuron: number): Place | undefined {
    const column = this.scene.columns[layer];
    return column === undefined ? undefined : this.placeIn(column, neuron);
  }

  private placeIn(column: Column, neuron: number): Place | undefined {
    if (column.kind !== 'points') return placeOf(column, neuron);
    return this.points?.place(Math.floor(neuron / (column.shape[1] ?? 1)), column);
  }

  private stop(i: number): Stop {
    const known = this.known.get(i) ?? this.make(i);
    this.known.set(i, known);
    return known;
  }

  private make(i: number): Stop {
    const { scene, points, frame: { probe } } = this;
    if (i < 0) return this.input();
    const column = scene.columns[i];
    if (column === undefined) {
      const { classes } = scene;
      const row = classes.height / probe.classes;
      return { neurons: range(probe.classes), place: (neuron) => ({ x: classes.left, y: classes.top + (neuron + 0.5) * row }) };
    }
    const place = (neuron: number): Place | undefined => this.placeIn(column, neuron);
    if (column.kind !== 'points') return { neurons: column.tiles.flatMap(({ from, neurons }) => range(neurons, from)), place };
    const channels = column.shape[1] ?? 1;
    // Another channel of another point each time: all of them are too many to ask.
    return { neurons: (points?.shown ?? []).map((point, n) => point * channels + ((n * 7) % channels)), place };
  }

  private input(): Stop {
    const { points, scene: { input }, frame: { probe } } = this;
    if (points !== undefined) return { neurons: points.shown, place: (point) => points.place(point, input) };
    const { channels, height, width } = inflowShape(probe);
    const cell = input.width / width;
    return {
      neurons: range(channels * height * width),
      place: (i) => {
        const at = i % (height * width);
        return { x: input.left + ((at % width) + 0.5) * cell, y: input.top + (Math.floor(at / width) + 0.5) * cell };
      },
    };
  }

  private inputShape(): readonly number[] {
    const { probe } = this.frame;
    if (probe.cloud !== undefined) return [probe.cloud.points.length / 3, 3];
    const { channels, height, width } = inflowShape(probe);
    return [channels, height, width];
  }

  private fired(i: number, stop: Stop, step: number): readonly number[] {
    const { probe } = this.frame;
    const look = this.looks[i];
    if (look !== undefined && look.layer.spikes.length > 0) return firing(stop, look, step, MOST_PULSES);
    if (look !== undefined) return spread(this.winners(look, step), MOST_PULSES);
    if (i >= 0) return [];
    return spread(probe.cloud === undefined ? stop.neurons.filter((n) => flowsIn(probe, n, step) > INKED) : stop.neurons, MOST_PULSES);
  }

  /** Under the maximum nothing fires: of the points those send on whose value was the largest of a channel. */
  private winners({ layer: { shape } }: Look, step: number): readonly number[] {
    const won = this.wonAt(step);
    return (this.points?.shown ?? []).filter((point) => won.has(point)).map((point) => point * (shape[1] ?? 1));
  }

  /** The points whose value went on at a moment. */
  wonAt(moment: Moment): ReadonlySet<number> {
    const { cloud, steps } = this.frame.probe;
    if (cloud === undefined) return new Set();
    const channels = cloud.winners.length / steps;
    return new Set(moment === 'mean' ? cloud.winners : cloud.winners.subarray(moment * channels, (moment + 1) * channels));
  }
}

const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);
