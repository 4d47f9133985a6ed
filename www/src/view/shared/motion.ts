/** Time on the stage: a loop through the time steps of the sample that is looked at, or one of them that is held. */
import { Emitter } from '../../state/emitter';
import { freshId, h, say } from './element';
import { button } from './part';
import { remember, remembered } from './remember';

/** Time steps a second. */
const SPEEDS = [
  { speed: 1, label: '1 a second' },
  { speed: 2, label: '2 a second' },
  { speed: 4, label: '4 a second' },
  { speed: 12, label: '12 a second' },
  { speed: 60, label: 'every frame' },
] as const;
const USUAL_SPEED = 2;
const KEPT = 'pace';
/** At this speed and below, everything else that shows the sample follows the loop. */
const FOLLOWED_SPEED = 1;
/** At this speed and below, the words and the slider say which step the loop shows. */
const SAID_SPEED = 4;
/** Time steps for which the answer stands before the loop begins again. */
const REST = 1;
/** How often a loop that is followed is asked where it stands. */
const FOLLOW_MS = 50;

/** The speed that a person chose last, here or at an earlier visit. */
function keptSpeed(): number | undefined {
  return SPEEDS.find(({ speed }) => String(speed) === remembered(KEPT))?.speed;
}

/** Tells when another time step is shown. */
export class SlowMotion extends Emitter {
  readonly element: HTMLElement;
  /** The time step that is shown, from 0; undefined: all of them at once. */
  step: number | undefined;
  private steps = 1;
  private held: number | undefined;
  /** The step that the loop shows, where it is slow enough to be told. */
  private passing: number | undefined;
  private speed = keptSpeed() ?? USUAL_SPEED;
  private origin = performance.now();
  private follower = 0;
  private readonly still = matchMedia('(prefers-reduced-motion: reduce)');
  private readonly loop = button('Hold', { 'data-test': 'loop' }, () => { this.toggle(); });
  private readonly back = button('‹', { class: 'quiet', 'aria-label': 'One time step back', title: 'One time step back' }, () => { this.by(-1); });
  private readonly on = button('›', { class: 'quiet', 'aria-label': 'One time step on', title: 'One time step on' }, () => { this.by(1); });
  private readonly slider: HTMLInputElement;
  private readonly pace: HTMLSelectElement;
  private readonly words = h('output', { class: 'figure', 'aria-live': 'off' });

  constructor() {
    super();
    const [sliderId, paceId] = [freshId('time-step'), freshId('pace')];
    this.slider = h('input', { id: sliderId, type: 'range', min: 1, step: 1 });
    this.slider.addEventListener('input', () => { this.go(this.slider.valueAsNumber - 1); });
    this.pace = h('select', { id: paceId, title: 'How fast the time steps go by; at one a second everything below follows' },
      ...SPEEDS.map(({ speed, label }) => h('option', { value: speed, text: label, selected: speed === this.speed })));
    this.pace.addEventListener('change', () => {
      this.setSpeed(Number(this.pace.value));
      remember(KEPT, this.pace.value);
    });
    const pace = h('span', {}, h('label', { for: paceId, class: 'visually-hidden', text: 'Speed of the loop' }), this.pace);
    this.element = h(
      'div', { class: 'toolbar motion' },
      this.loop, this.back, h('label', { for: sliderId, class: 'visually-hidden', text: 'Time step' }), this.slider, this.on, this.words, pace,
    );
    // Nothing moves by itself for those who asked for that: the buttons step.
    const obey = (): void => {
      pace.hidden = this.still.matches;
      this.follow();
      this.tell();
    };
    obey();
    this.still.addEventListener('change', obey);
  }

  /** Whether the loop goes on by itself. */
  get moving(): boolean {
    return this.held === undefined && !this.still.matches;
  }

  /** Where the loop stands at a time of `performance.now()`: from 0 to the number of time steps, and the rest after the last. */
  position(now: number): number {
    return (((now - this.origin) / 1000) * this.speed) % (this.steps + REST);
  }

  /** The number of time steps of the sample that is looked at. */
  setSteps(steps: number): void {
    if (steps === this.steps) return;
    this.steps = steps;
    this.go(undefined);
  }

  /** Holds a time step, or goes on through all of them. */
  go(step: number | undefined): void {
    this.held = step === undefined ? undefined : Math.min(this.steps - 1, Math.max(0, step));
    this.step = this.held;
    if (this.held === undefined) this.origin = performance.now();
    this.follow();
    this.tell();
  }

  /** Moves by time steps; out of the loop, backwards to the last and forwards to the first. */
  by(change: number): void {
    const from = this.step ?? this.passing;
    if (from === undefined) this.go(change < 0 ? this.steps - 1 : 0);
    else this.go(from + change);
  }

  /** Out of sight nothing needs to follow the loop. */
  stop(): void {
    clearInterval(this.follower);
  }

  /** In sight again; another view may have been given another speed meanwhile. */
  goOn(): void {
    const kept = keptSpeed() ?? this.speed;
    this.pace.value = String(kept);
    if (kept === this.speed) this.follow();
    else this.setSpeed(kept);
  }

  private toggle(): void {
    const at = Math.floor(this.position(performance.now()));
    this.go(this.held === undefined && !this.still.matches ? Math.min(at, this.steps - 1) : undefined);
  }

  private setSpeed(speed: number): void {
    const now = performance.now();
    const at = this.position(now);
    this.speed = speed;
    this.origin = now - (at / speed) * 1000;
    this.follow();
    this.tell();
  }

  /** A slow loop is told of, and a slower one takes along whatever else shows the sample. */
  private follow(): void {
    clearInterval(this.follower);
    this.passing = undefined;
    if (this.held === undefined) this.step = undefined;
    if (!this.moving || this.speed > SAID_SPEED || this.steps < 2) return;
    this.follower = window.setInterval(() => {
      const at = Math.floor(this.position(performance.now()));
      const step = at < this.steps ? at : undefined;
      if (step === this.passing) return;
      this.passing = step;
      if (this.speed > FOLLOWED_SPEED) {
        this.show();
        return;
      }
      this.step = step;
      this.tell();
    }, FOLLOW_MS);
  }

  override tell(): void {
    this.show();
    super.tell();
  }

  private show(): void {
    const { steps, held } = this;
    const step = this.step ?? this.passing;
    this.slider.max = String(steps);
    this.slider.value = String(step === undefined ? steps : step + 1);
    const text = step === undefined ? (steps === 1 ? 'the one time step' : `all ${steps} time steps`) : `time step ${step + 1} of ${steps}`;
    this.slider.setAttribute('aria-valuetext', text);
    say(this.words, step === undefined ? `all of ${steps}` : `${step + 1} of ${steps}`);
    const stands = held !== undefined || this.still.matches;
    say(this.loop, this.still.matches ? 'All steps' : stands ? 'Loop' : 'Hold');
    this.loop.title = stands ? 'Go through all time steps' : 'Hold the time step that is shown';
    this.loop.disabled = this.still.matches && held === undefined;
    this.slider.disabled = steps < 2;
    this.back.disabled = held === 0;
    this.on.disabled = held === steps - 1;
  }
}
