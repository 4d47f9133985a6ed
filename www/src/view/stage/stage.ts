/** The stage: the network with its sample going through it, time step by time step. A click or the arrow keys choose a neuron. */
import { CrispCanvas } from '../shared/canvas';
import { currentTheme, h, say } from '../shared/element';
import type { SlowMotion } from '../shared/motion';
import { counted, percent } from '../shared/part';
import { neuronsOf, neuronWords } from '../shared/raster';
import { rateOf, sentAt, type Look } from './film';
import { StagePainter, type StageFrame, type StageMoment } from './painter';
import { neuronAt } from './scene';
import './stage.css';

export interface Choice {
  readonly layer: number;
  readonly neuron: number;
}

export class Stage {
  readonly element: HTMLElement;
  private readonly painter = new StagePainter();
  private readonly crisp: CrispCanvas;
  private readonly hint = h('p', { class: 'stage-hint', hidden: true });
  private frame: StageFrame | undefined;
  private taken = '';
  private takenFrame: StageFrame | undefined;
  /** Whether a spike has gone by since the run was opened: before that the loop has no time step behind it. */
  private hasLooped = false;
  private before = 0;

  constructor(private readonly motion: SlowMotion, private readonly pick: (choice: Choice) => void) {
    this.crisp = new CrispCanvas((context, width, height) => { this.paint(context, width, height); }, 'stage-canvas pickable');
    const { element: canvas } = this.crisp;
    canvas.tabIndex = 0;
    canvas.addEventListener('click', (event) => {
      const under = this.under(event);
      if (under !== undefined) this.pick(under);
    });
    canvas.addEventListener('pointermove', (event) => { this.tellUnder(event); });
    canvas.addEventListener('pointerleave', () => { this.hint.hidden = true; });
    canvas.addEventListener('keydown', (event) => { this.onKey(event); });
    this.element = h('div', { class: 'stage-place' }, canvas, this.hint);
    motion.subscribe(() => { this.crisp.redraw(); });
  }

  draw(frame: StageFrame): void {
    this.frame = frame;
    this.crisp.describe(sentence(frame));
    this.crisp.redraw();
  }

  letGo(): void {
    this.crisp.letGo();
  }

  private paint(context: CanvasRenderingContext2D, width: number, height: number): void {
    const { frame, painter, motion } = this;
    if (frame === undefined) return;
    const scale = window.devicePixelRatio;
    const size = `${width}:${height}:${scale}`;
    if (this.taken !== size || this.takenFrame !== frame) {
      [this.taken, this.takenFrame] = [size, frame];
      painter.take(frame, width, height, scale);
    }
    painter.paint(context, this.moment(), currentTheme(), scale);
    if (motion.moving) this.crisp.redraw();
  }

  private moment(): StageMoment {
    const { motion, frame } = this;
    const last = (frame?.probe.steps ?? 1) - 1;
    if (!motion.moving) return motion.step === undefined ? { kind: 'mean' } : { kind: 'held', step: Math.min(last, motion.step) };
    const at = motion.position(performance.now());
    if (at < this.before) this.hasLooped = true;
    this.before = at;
    const step = Math.min(last, Math.floor(at));
    return { kind: 'step', step, over: at - step, first: step === 0 && !this.hasLooped };
  }

  private under(event: MouseEvent): Choice | undefined {
    const { scene } = this.painter;
    const box = this.crisp.element.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const layer = scene?.columns.findIndex(({ left, width }) => x >= left && x <= left + width) ?? -1;
    const column = scene?.columns[layer];
    if (column === undefined) return undefined;
    const neuron = column.kind === 'points' ? this.painter.pointAt(column, x, y) : neuronAt(column, x, y);
    return neuron === undefined ? undefined : { layer, neuron };
  }

  private tellUnder(event: PointerEvent): void {
    const under = this.under(event);
    const probe = this.frame?.probe;
    const layer = under === undefined ? undefined : probe?.layers[under.layer];
    this.hint.hidden = under === undefined || layer === undefined || probe === undefined;
    if (under === undefined || layer === undefined || probe === undefined) return;
    const fires = firesWords({ layer, steps: probe.steps, graded: false }, under.neuron);
    say(this.hint, `Layer ${under.layer + 1}, ${neuronWords(layer.shape, under.neuron)}: ${fires}`);
    const box = this.element.getBoundingClientRect();
    const [left, top] = [Math.round(event.clientX - box.left), Math.round(event.clientY - box.top + 16)];
    this.hint.style.transform = `translate(${left}px, ${top}px) translateX(${left > box.width / 2 ? '-100%' : '0'})`;
  }

  /** Left and right go from layer to layer, up and down from neuron to neuron. */
  private onKey(event: KeyboardEvent): void {
    const { frame } = this;
    const chosen = frame?.chosen;
    if (frame === undefined || chosen === undefined) return;
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const layer = Math.min(frame.probe.layers.length - 1, Math.max(0, chosen.layer + (by?.[0] ?? 0)));
    const most = neuronsOf(frame.probe.layers[layer]?.shape ?? [1]) - 1;
    if (by === undefined) return;
    event.preventDefault();
    this.pick({ layer, neuron: Math.min(most, Math.max(0, chosen.neuron + (by[1] ?? 0))) });
  }
}

/** "fires at time steps 1, 3" */
function firesWords(look: Look, neuron: number): string {
  if (look.layer.spikes.length === 0) return 'sends a current';
  const at = Array.from({ length: look.steps }, (_, t) => t).filter((t) => sentAt(look, neuron, t) !== 0).map((t) => t + 1);
  if (at.length === 0) return 'silent';
  return at.length === look.steps ? 'fires at every time step' : `fires at time ${at.length === 1 ? 'step' : 'steps'} ${at.join(', ')}`;
}

/** What stands for the moving picture. */
function sentence({ probe, classes }: StageFrame): string {
  const seen = probe.cloud === undefined ? 'An image' : 'A cloud';
  const answer = probe.unsure ?? `${classes[probe.answer] ?? ''}, ${percent(probe.confidence, 0)} sure`;
  const layers = probe.layers.map((layer, i) => `${percent(rateOf({ layer, steps: probe.steps, graded: false }, 'mean'), 0)} in layer ${i + 1}`);
  return `${seen} goes through ${counted(probe.layers.length, 'layer')} in ${counted(probe.steps, 'time step')}. Of the neurons fire: `
    + `${layers.join(', ')}. The answer: ${answer}. Arrow keys choose a neuron.`;
}
