/** The stage: the network with its sample going through it, time step by time step. A click or the arrow keys choose a neuron. */
import type { Choice } from '../../run/lane';
import { CrispCanvas } from '../shared/canvas';
import { currentTheme, h, say } from '../shared/element';
import type { SlowMotion } from '../shared/motion';
import { counted, percent } from '../shared/part';
import { neuronsOf, neuronWords } from '../shared/raster';
import { rateOf, sentAt, type Look } from './film';
import type { StageFrame } from './frame';
import { areEvents } from './inflow';
import { liveliest } from './liveliest';
import { StagePainter, type StageMoment } from './painter';
import { neuronAt } from './scene';

/** The browser paints in threads of its own, without a GPU on the processor: beside a worker that trains two cores are not enough. */
const FEW_CORES = navigator.hardwareConcurrency <= 2;
/** Frames that are left out between two that are drawn there. */
const SPARED_FRAMES = 1;

export type { Choice } from '../../run/lane';

export class Stage {
  readonly element: HTMLElement;
  /** Lets a stage go that has been replaced: nothing moves on it any more. */
  readonly letGo: () => void;
  private readonly painter = new StagePainter();
  private readonly crisp: CrispCanvas;
  private readonly hint = h('p', { class: 'stage-hint', hidden: true });
  private frame: StageFrame | undefined;
  private taken: { readonly size: string; readonly frame: StageFrame } | undefined;
  private pointer: { readonly x: number; readonly y: number } | undefined;
  private inSight = false;
  private waits = false;

  /** `isTraining`: whether a network is trained beside it. */
  constructor(private readonly motion: SlowMotion, private readonly pick: (choice: Choice) => void,
    private readonly isTraining: () => boolean = () => false) {
    this.crisp = new CrispCanvas((context, width, height) => { this.paint(context, width, height); }, 'stage-canvas pickable');
    const { element: canvas } = this.crisp;
    // Neurons are the values, as they are of a raster: a screen reader hands the arrow keys on.
    canvas.setAttribute('role', 'slider');
    canvas.setAttribute('aria-valuemin', '1');
    canvas.tabIndex = 0;
    canvas.addEventListener('click', (event) => {
      const under = this.under(this.placeOf(event));
      if (under !== undefined) this.pick(under);
    });
    canvas.addEventListener('pointermove', (event) => {
      this.pointer = this.placeOf(event);
      this.tellUnder();
    });
    canvas.addEventListener('pointerleave', () => {
      this.pointer = undefined;
      this.tellUnder();
    });
    canvas.addEventListener('keydown', (event) => { this.onKey(event); });
    this.element = h('div', { class: 'stage-place' }, canvas, this.hint);
    // Out of sight nothing is drawn.
    const sight = new IntersectionObserver(([entry]) => {
      this.inSight = entry?.isIntersecting === true;
      this.crisp.redraw();
    });
    sight.observe(canvas);
    const leave = motion.subscribe(() => { this.crisp.redraw(); });
    this.letGo = () => {
      sight.disconnect();
      leave();
      this.crisp.letGo();
    };
  }

  draw(frame: StageFrame): void {
    this.frame = frame;
    this.crisp.describe(sentence(frame));
    this.describeChoice(frame);
    this.tellUnder();
    this.crisp.redraw();
  }

  private paint(context: CanvasRenderingContext2D, width: number, height: number): void {
    const { frame, painter, motion } = this;
    if (frame === undefined) return;
    const scale = window.devicePixelRatio;
    const size = `${width}:${height}:${scale}`;
    if (this.taken?.size !== size || this.taken.frame !== frame) {
      this.taken = { size, frame };
      painter.take(frame, width, height, scale);
    }
    painter.paint(context, this.moment(frame), currentTheme(), scale);
    if (motion.moving && this.inSight) this.goOn();
  }

  /** Draws the next moment: at the next frame, or a few frames on where what is drawn is taken from what trains. */
  private goOn(): void {
    if (this.waits) return;
    const wait = (frames: number): void => {
      this.waits = frames > 0;
      if (frames > 0) requestAnimationFrame(() => { wait(frames - 1); });
      else this.crisp.redraw();
    };
    wait(FEW_CORES && this.isTraining() ? SPARED_FRAMES : 0);
  }

  private moment({ probe: { steps } }: StageFrame): StageMoment {
    const { motion } = this;
    if (!motion.moving) return motion.step === undefined ? { kind: 'mean' } : { kind: 'held', step: Math.min(steps - 1, motion.step) };
    const at = motion.position(performance.now());
    const step = Math.min(steps - 1, Math.floor(at));
    return { kind: 'step', step, over: at - step };
  }

  private placeOf(event: MouseEvent): { readonly x: number; readonly y: number } {
    const box = this.crisp.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private under({ x, y }: { readonly x: number; readonly y: number }): Choice | undefined {
    const { scene } = this.painter;
    const layer = scene?.columns.findIndex(({ left, width }) => x >= left && x <= left + width) ?? -1;
    const column = scene?.columns[layer];
    if (column === undefined) return undefined;
    const neuron = column.kind === 'points' ? this.painter.pointAt(column, x, y) : neuronAt(column, x, y);
    return neuron === undefined ? undefined : { layer, neuron };
  }

  private tellUnder(): void {
    const { pointer, frame } = this;
    const under = pointer === undefined ? undefined : this.under(pointer);
    this.hint.hidden = under === undefined || frame === undefined;
    if (pointer === undefined || under === undefined || frame === undefined) return;
    say(this.hint, choiceWords(frame, under));
    // Beside the pointer, on the side where there is room.
    const { clientWidth } = this.element;
    const isRight = pointer.x > clientWidth / 2;
    this.hint.style.maxWidth = `${Math.round(Math.max(pointer.x, clientWidth - pointer.x))}px`;
    this.hint.style.transform = `translate(${Math.round(pointer.x)}px, ${Math.round(pointer.y + 16)}px) translateX(${isRight ? '-100%' : '0'})`;
  }

  private describeChoice(frame: StageFrame): void {
    const { element: canvas } = this.crisp;
    const { chosen } = frame;
    const layer = chosen === undefined ? undefined : frame.probe.layers[chosen.layer];
    canvas.setAttribute('aria-valuemax', String(neuronsOf(layer?.shape ?? [1])));
    canvas.setAttribute('aria-valuenow', String((chosen?.neuron ?? 0) + 1));
    canvas.setAttribute('aria-valuetext', chosen === undefined || layer === undefined ? 'no neuron chosen' : choiceWords(frame, chosen));
  }

  /** Left and right go from layer to layer, up and down from neuron to neuron. */
  private onKey(event: KeyboardEvent): void {
    const { frame } = this;
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (frame === undefined || by === undefined) return;
    event.preventDefault();
    const { probe, chosen } = frame;
    if (chosen === undefined) {
      this.pick(liveliest(probe) ?? { layer: 0, neuron: 0 });
      return;
    }
    const layer = Math.min(probe.layers.length - 1, Math.max(0, chosen.layer + (by[0] ?? 0)));
    const most = neuronsOf(probe.layers[layer]?.shape ?? [1]) - 1;
    this.pick({ layer, neuron: Math.min(most, Math.max(0, chosen.neuron + (by[1] ?? 0))) });
  }
}

/** "Layer 1, neuron 5: fires at time steps 1, 3" */
function choiceWords({ probe, layers }: StageFrame, { layer: at, neuron }: Choice): string {
  const layer = probe.layers[at];
  if (layer === undefined) return '';
  const isSpiking = layers[at]?.spiking !== false;
  return `Layer ${at + 1}, ${neuronWords(layer.shape, neuron)}: ${firesWords({ layer, steps: probe.steps, graded: !isSpiking }, neuron, isSpiking)}`;
}

function firesWords(look: Look, neuron: number, isSpiking: boolean): string {
  if (look.layer.spikes.length === 0) return 'sends a current, of which the largest goes on';
  const at = Array.from({ length: look.steps }, (_, t) => t).filter((t) => sentAt(look, neuron, t) !== 0).map((t) => t + 1);
  if (at.length === 0) return 'silent';
  const verb = isSpiking ? 'fires' : 'sends a current';
  if (at.length === look.steps) return look.steps === 1 ? verb : `${verb} at every time step`;
  return `${verb} at time ${at.length === 1 ? 'step' : 'steps'} ${at.join(', ')}`;
}

/** What stands for the moving picture. */
function sentence({ probe, classes, layers }: StageFrame): string {
  const flat = areEvents(probe) ? 'A recording' : 'An image';
  const seen = probe.cloud === undefined ? flat : 'A cloud';
  const answer = probe.unsure ?? `${classes[probe.answer] ?? ''}, ${percent(probe.confidence, 0)} sure`;
  const rates = probe.layers.flatMap((layer, i) => {
    if (layer.spikes.length === 0) return [];
    const verb = layers[i]?.spiking === false ? 'send' : 'fire';
    return `${percent(rateOf({ layer, steps: probe.steps, graded: false }, 'mean'), 0)} ${verb} in layer ${i + 1}`;
  });
  return `${seen} goes through ${counted(probe.layers.length, 'layer')} in ${counted(probe.steps, 'time step')}. Of the neurons ${rates.join(', ')}. `
    + `The answer: ${answer}. Arrow keys choose a neuron.`;
}
