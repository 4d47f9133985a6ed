/** Slow motion: which time step of the looked-at sample is shown, and the buttons that walk through them. */
import { freshId, h, say } from './element';
import { button } from './part';
import './motion.css';

/** How long a time step stays when they are walked through. */
const STEP_MS = 600;

export class SlowMotion {
  readonly element: HTMLElement;
  /** The time step that is shown, from 0; undefined: all of them at once. */
  step: number | undefined;
  private steps = 1;
  private timer = 0;
  private readonly listeners = new Set<() => void>();
  private readonly walk = button('Slow motion', { 'data-test': 'slow-motion', title: 'Walk through the time steps one by one' }, () => { this.toggle(); });
  private readonly back = button('‹', { class: 'quiet', 'aria-label': 'One time step back', title: 'One time step back' }, () => { this.by(-1); });
  private readonly on = button('›', { class: 'quiet', 'aria-label': 'One time step on', title: 'One time step on' }, () => { this.by(1); });
  private readonly all = button('All steps', { class: 'quiet', title: 'Show every time step at once' }, () => { this.stop(); this.go(undefined); });
  private readonly slider: HTMLInputElement;
  private readonly words = h('output', { class: 'figure' });

  constructor() {
    const id = freshId('time-step');
    this.slider = h('input', { id, type: 'range', min: 1, step: 1 });
    this.slider.addEventListener('input', () => {
      this.stop();
      this.go(this.slider.valueAsNumber - 1);
    });
    this.element = h(
      'div', { class: 'toolbar motion' },
      this.walk, this.back, h('label', { for: id, class: 'visually-hidden', text: 'Time step' }), this.slider, this.on, this.words, this.all,
    );
    // Nothing moves by itself for those who asked for that: the other buttons step.
    const still = matchMedia('(prefers-reduced-motion: reduce)');
    const obey = (): void => {
      this.walk.hidden = still.matches;
      if (still.matches) this.stop();
    };
    obey();
    still.addEventListener('change', obey);
    this.show();
  }

  subscribe(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** The number of time steps of the sample that is looked at. */
  setSteps(steps: number): void {
    if (steps === this.steps) return;
    this.steps = steps;
    this.stop();
    this.go(undefined);
  }

  /** Shows a time step, or all of them. */
  go(step: number | undefined): void {
    this.step = step === undefined ? undefined : Math.min(this.steps - 1, Math.max(0, step));
    this.show();
    for (const listener of this.listeners) listener();
  }

  /** Moves by time steps; from all of them, backwards to the last and forwards to the first. */
  by(change: number): void {
    this.stop();
    if (this.step === undefined) this.go(change < 0 ? this.steps - 1 : 0);
    else this.go(this.step + change);
  }

  stop(): void {
    if (this.timer === 0) return;
    clearInterval(this.timer);
    this.timer = 0;
    this.show();
  }

  private toggle(): void {
    if (this.timer !== 0) {
      this.stop();
      return;
    }
    this.timer = window.setInterval(() => { this.tick(); }, STEP_MS);
    this.go(0);
  }

  private tick(): void {
    if (this.step !== undefined && this.step < this.steps - 1) {
      this.go(this.step + 1);
      return;
    }
    this.stop();
    this.go(undefined);
  }

  private show(): void {
    const { step, steps } = this;
    this.slider.max = String(steps);
    this.slider.value = String(step === undefined ? steps : step + 1);
    const text = step === undefined ? (steps === 1 ? 'the one time step' : `all ${steps} time steps`) : `time step ${step + 1} of ${steps}`;
    this.slider.setAttribute('aria-valuetext', text);
    say(this.words, step === undefined ? `all of ${steps}` : `${step + 1} of ${steps}`);
    say(this.walk, this.timer === 0 ? 'Slow motion' : 'Stop');
    this.slider.disabled = steps < 2;
    this.walk.disabled = steps < 2;
    this.back.disabled = step === 0;
    this.on.disabled = step === steps - 1;
    this.all.disabled = step === undefined;
  }
}
