/** A point cloud to turn, coloured by height, by how its points fired, or by which of them decided. */
import { FIRST_ORBIT, held, type Orbit } from './camera';
import { cloudSentence, heightsOf, ratesOf, winsOf, type CloudFrame, type Colouring } from './facts';
import { FlatCloud, type CloudRenderer } from './flat';
import { cssColour, paintPoints, winnerLook } from './paint';
import { currentTheme, h, onThemeChange, say } from '../shared/element';
import { button, counted, percent } from '../shared/part';
import { segments } from '../shared/segments';

export type { CloudFrame } from './facts';

/** Pixels across for a point of usual size in the legend. */
const LEGEND_DOT = 7;
const TURN = Math.PI / 18;
const NEARER = 1 / 1.15;
/** A cloud that is seen for the first time turns this far, for this long, so that its depth shows. */
const ARRIVAL_TURN = 0.9;
const ARRIVAL_MS = 2200;

const COLOURINGS = [
  { value: 'winners', label: 'Deciding points', explain: 'The points that won a channel of the max-pool: all that the rest of the network hears of' },
  { value: 'rate', label: 'Spike rate', explain: 'How many of each point\'s own neurons fired' },
  { value: 'height', label: 'Height', explain: 'How high each point lies' },
] as const;

/** Keys that turn and zoom. */
const KEYS: Readonly<Record<string, (orbit: Orbit) => Orbit>> = {
  ArrowLeft: (orbit) => ({ ...orbit, azimuth: orbit.azimuth - TURN }),
  ArrowRight: (orbit) => ({ ...orbit, azimuth: orbit.azimuth + TURN }),
  ArrowUp: (orbit) => ({ ...orbit, elevation: orbit.elevation + TURN }),
  ArrowDown: (orbit) => ({ ...orbit, elevation: orbit.elevation - TURN }),
  '+': (orbit) => ({ ...orbit, distance: orbit.distance * NEARER }),
  '=': (orbit) => ({ ...orbit, distance: orbit.distance * NEARER }),
  '-': (orbit) => ({ ...orbit, distance: orbit.distance / NEARER }),
  Home: () => FIRST_ORBIT,
};

/** WebGL that the processor computes would take from the training what the flat canvas does with less. */
const WEBGL: WebGLContextAttributes = { alpha: false, antialias: true, powerPreference: 'low-power', failIfMajorPerformanceCaveat: true };

/** Lets the page do what else there is to do. */
const pause = (): Promise<void> => new Promise((resume) => { setTimeout(resume); });

export class CloudView {
  readonly element: HTMLElement;
  private readonly stage = h('div', { class: 'cloud-stage' });
  private readonly words = h('p', { class: 'caption', 'data-test': 'cloud-words' });
  private readonly note = h('p', { class: 'caption' });
  private readonly legend = h('p', { class: 'cloud-legend' });
  private readonly choice: ReturnType<typeof segments<Colouring>>;
  private readonly forgetTheme: () => void;
  private renderer: CloudRenderer = new FlatCloud();
  private frame: CloudFrame | undefined;
  private colouring: Colouring = 'winners';
  private orbit = FIRST_ORBIT;
  private arrival = 0;
  private gone = false;
  private arrived: boolean;

  /** Goes on from how a view that has been let go was turned and coloured. */
  constructor(before?: CloudView) {
    this.arrived = before !== undefined;
    if (before !== undefined) {
      this.orbit = before.orbit;
      this.colouring = before.colouring;
    }
    this.choice = segments<Colouring>('What the colours of the points show', COLOURINGS, (colouring) => {
      this.colouring = colouring;
      this.paint();
    });
    const key = (label: string, name: string, press: string): HTMLButtonElement =>
      button(label, { class: 'quiet', 'aria-label': name, title: name }, () => { this.press(press); });
    const keys = h(
      'div', { class: 'cloud-keys' },
      key('↶', 'Turn to the left', 'ArrowLeft'), key('↷', 'Turn to the right', 'ArrowRight'), key('+', 'Nearer', '+'), key('−', 'Farther', '-'),
        key('◎', 'Reset the view', 'Home'),
    );
    const help = 'Drag or press the arrow keys to turn, + and - to zoom; the wheel zooms after a click.';
    this.element = h(
      'div', { class: 'cloud-view', 'data-test': 'cloud' },
      h('div', { class: 'cloud-frame' }, this.stage, keys), h('div', { class: 'cloud-colours' }, this.choice.element, this.legend), this.words,
        h('p', { class: 'caption cloud-help', text: help }), this.note,
    );
    this.stage.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !this.press(event.key)) return;
      event.preventDefault();
    });
    this.stage.addEventListener('pointerdown', () => { this.rest(); });
    // Over a cloud that nobody has clicked the wheel still scrolls the page.
    this.stage.addEventListener('wheel', (event) => {
      if (!event.ctrlKey && document.activeElement !== this.renderer.canvas) event.stopPropagation();
      else this.rest();
    }, { capture: true, passive: true });
    this.forgetTheme = onThemeChange(() => { this.paint(); });
    this.use(this.renderer, 'flat');
    void this.bring3d();
  }

  draw(frame: CloudFrame): void {
    const moved = this.frame?.points !== frame.points;
    this.frame = frame;
    if (moved) this.place();
    this.paint();
    if (!this.arrived) this.arrive();
  }

  /** Gives the GPU back; the view is not used again. */
  letGo(): void {
    this.gone = true;
    // Cut short, the arrival ends where it would have.
    if (this.arrival !== 0) this.orbit = FIRST_ORBIT;
    this.rest();
    this.forgetTheme();
    this.renderer.letGo();
  }

  /** Goes over to WebGL once three.js has arrived. Until then, and where there is no WebGL, the flat canvas draws. */
  private async bring3d(): Promise<void> {
    const canvas = h('canvas', { class: 'cloud-canvas', role: 'img' });
    const context = canvas.getContext('webgl2', WEBGL);
    if (context === null) {
      this.stayFlat('This browser gives no WebGL on a graphics card');
      return;
    }
    say(this.note, '');
    let found;
    try {
      found = await import('./scene');
    } catch {
      this.stayFlat('What draws with WebGL could not be fetched');
      this.note.append(' ', button('Try again', { class: 'quiet' }, () => { void this.bring3d(); }));
      return;
    }
    let scene;
    try {
      // Each of these takes long enough; together they would hold the page up.
      await pause();
      scene = new found.SceneCloud(canvas, context);
      await pause();
      await scene.compile();
    } catch {
      this.stayFlat('This graphics card could not be used');
      return;
    }
    if (this.gone) {
      scene.letGo();
      return;
    }
    scene.onLost = () => {
      this.use(new FlatCloud(), 'flat');
      this.stayFlat('The browser has taken the GPU away');
    };
    this.use(scene, 'webgl');
  }

  private stayFlat(reason: string): void {
    say(this.note, `${reason}, so the cloud is drawn more simply; everything else works.`);
  }

  private use(renderer: CloudRenderer, kind: 'flat' | 'webgl'): void {
    const focused = document.activeElement === this.renderer.canvas;
    if (renderer !== this.renderer) this.renderer.letGo();
    this.renderer = renderer;
    renderer.canvas.tabIndex = 0;
    renderer.onOrbit = (orbit) => {
      this.orbit = orbit;
      this.tell();
    };
    this.stage.replaceChildren(renderer.canvas);
    this.element.dataset.renderer = kind;
    if (focused) renderer.canvas.focus();
    this.place();
    this.paint();
    this.look(this.orbit);
  }

  /** Whether the key means something here. */
  private press(key: string): boolean {
    const move = KEYS[key];
    if (move === undefined) return false;
    this.rest();
    this.look(held(move(this.orbit)));
    return true;
  }

  private look(orbit: Orbit): void {
    this.orbit = orbit;
    this.renderer.look(orbit);
    this.tell();
  }

  private tell(): void {
    const { azimuth, elevation, distance } = this.orbit;
    const degrees = (radians: number): number => Math.round((180 * radians) / Math.PI);
    this.element.dataset.orbit = `${degrees(azimuth)} ${degrees(elevation)} ${distance.toFixed(2)}`;
  }

  private place(): void {
    const { frame } = this;
    if (frame !== undefined) this.renderer.place(frame.points, heightsOf(frame.points)[0]);
  }

  private paint(): void {
    const { frame } = this;
    if (frame === undefined) return;
    const has = { height: true, rate: frame.rates !== undefined, winners: frame.winners !== undefined };
    const colouring = has[this.colouring] ? this.colouring : 'height';
    this.choice.show(colouring);
    this.choice.element.toggleAttribute('disabled', !has.rate && !has.winners);
    this.renderer.paint(paintPoints(frame, colouring, currentTheme()));
    const sentence = cloudSentence(frame, colouring);
    say(this.words, sentence);
    this.renderer.canvas.setAttribute('aria-label', `${frame.label}. ${sentence}`);
    this.element.dataset.colouring = colouring;
    this.explain(frame, colouring);
  }

  private explain(frame: CloudFrame, colouring: Colouring): void {
    const { legend } = this;
    const dot = (wins: number, most: number): HTMLElement => {
      const { colour, size } = winnerLook(wins, most, currentTheme());
      const element = h('span', { class: 'dot', 'aria-hidden': 'true' });
      element.style.background = cssColour(colour);
      element.style.width = `${LEGEND_DOT * size}px`;
      return element;
    };
    const ramp = h('span', { class: `ramp ${colouring}`, 'aria-hidden': 'true' });
    if (colouring === 'winners') {
      const { most } = winsOf(frame);
      legend.replaceChildren(dot(0, most), 'none won', dot(1, most), '1 channel', ...(most > 1 ? [dot(most, most), counted(most, 'channel')] : []));
    } else if (colouring === 'rate') {
      const { least, most } = ratesOf(frame);
      legend.replaceChildren(`${percent(least, 0)} fired`, ramp, `${percent(most, 0)} fired`);
    }
    else legend.replaceChildren('lowest', ramp, 'highest');
  }

  private arrive(): void {
    this.arrived = true;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const goal = FIRST_ORBIT.azimuth;
    const start = performance.now();
    const turn = (): void => {
      const left = Math.max(0, 1 - (performance.now() - start) / ARRIVAL_MS);
      this.arrival = left > 0 ? requestAnimationFrame(turn) : 0;
      this.look({ ...FIRST_ORBIT, azimuth: goal - ARRIVAL_TURN * left ** 3 });
    };
    turn();
  }

  private rest(): void {
    cancelAnimationFrame(this.arrival);
    this.arrival = 0;
  }
}
