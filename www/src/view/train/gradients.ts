/** How strong the gradient of each layer's weights is: now, in the run before, and over the run. */
import type { App } from '../../app';
import { recent, type LayerGradients, type RunHistory } from '../../run/history';
import { faint, LEAST } from '../../state/figures';
import { differences } from '../../state/methods';
import type { SessionConfig } from '../../worker/protocol';
import { CrispCanvas } from '../shared/canvas';
import { Curves } from '../shared/curves';
import { currentTheme, h, say, type Theme } from '../shared/element';
import { changes } from '../shared/kept';
import { panel, type Part } from '../shared/part';
import { segments } from '../shared/segments';

type Kind = 'ratio' | 'rms';

const KINDS: Record<Kind, { readonly label: string; readonly explain: string }> = {
  ratio: { label: 'Against its weights', explain: "The gradient's norm in that of the layer's weights: how much a step of rate 1 would change them." },
  rms: { label: 'By itself', explain: 'The root mean square of the gradient. It may grow towards the input while what it changes there fades.' },
};

const ROW = 18;
const NAMES = 26;
const VALUES = 62;
const AXIS = 18;

interface Bar {
  readonly now: number | undefined;
  readonly before: number | undefined;
}

/** The logarithm of the next 1, 2 or 5 times a power of ten below a value, and above it. */
function endBelow(value: number): number {
  const power = Math.floor(Math.log10(value));
  const digit = [5, 2, 1].find((candidate) => candidate * 10 ** power < value) ?? 0.5;
  return Math.log10(digit) + power;
}

function endAbove(value: number): number {
  return -endBelow(1 / value);
}

/** Strong for the first layer, faint for the last. */
const shade = (layer: number, layers: number) => (theme: Theme): string => {
  const strength = 1 - 0.65 * (layers < 2 ? 0 : layer / (layers - 1));
  return `rgb(${theme.rgb.positive.join(' ')} / ${strength.toFixed(2)})`;
};

export function createGradients(app: App): Part {
  const { training } = app;
  let kind: Kind = 'ratio';
  let bars: readonly Bar[] = [];
  /** Logarithms of what stands at both ends of the bars; they only move apart, so that bars can be followed. */
  let [low, high] = [0, 0];
  const chart = new CrispCanvas((context, width) => { paint(context, width, bars, low, high); }, 'gradient-bars');
  const place = h('div', { class: 'gradient-curves' });
  const caption = h('p', { class: 'caption' });
  const choice = segments<Kind>('Which gradient', [{ value: 'ratio', ...KINDS.ratio }, { value: 'rms', ...KINDS.rms }], (chosen) => {
    kind = chosen;
    [low, high] = [0, 0];
    update();
  });
  choice.show(kind);
  const element = panel(app, 'gradients', 'Gradients by layer', choice.element, chart.element, place, caption);

  let curves: Curves | undefined;
  let layers = 0;
  const changed = changes();
  let history: RunHistory | undefined;
  let config: SessionConfig | undefined;
  /** The run before, as it ended. */
  let before: { readonly gradients: readonly LayerGradients[]; readonly config: SessionConfig } | undefined;

  const build = (count: number): void => {
    curves?.letGo();
    layers = count;
    const lines = Array.from({ length: count }, (_, i) => ({ label: `layer ${i + 1}`, colour: shade(i, count) }));
    curves = new Curves({ title: 'Over the run', xLabel: 'step', lines, height: 170, format: faint, logarithmic: true, legend: count <= 4 });
    place.replaceChildren(curves.element);
  };

  const spread = (values: readonly number[]): void => {
    if (values.length === 0) return;
    const [from, to] = [endBelow(Math.min(...values)), endAbove(Math.max(...values))];
    [low, high] = low === high ? [from, to] : [Math.min(low, from), Math.max(high, to)];
  };

  const update = (): void => {
    if (element.hidden) return;
    if (history !== training.history) {
      if (history !== undefined && history.gradients.length > 0 && config !== undefined) before = { gradients: history.gradients, config };
      history = training.history;
      config = training.info?.config;
      [low, high] = [0, 0];
    }
    const { gradients } = training.history;
    const count = training.info?.layers.length ?? 0;
    if (count !== layers && count > 0) build(count);
    if (!changed(kind, history, count, gradients[0]?.rms.x.at(-1), gradients[0]?.rms.x.length)) return;
    const ghost = before?.gradients.length === count ? before : undefined;
    bars = Array.from({ length: count }, (_, i) => {
      const [now, then] = [gradients[i], ghost?.gradients[i]];
      return { now: now === undefined ? undefined : recent(now[kind]), before: then === undefined ? undefined : recent(then[kind]) };
    });
    spread(bars.flatMap((bar) => [bar.now, bar.before]).filter((value) => value !== undefined).filter((value) => value > LEAST));
    chart.setHeight(count * ROW + AXIS);
    chart.describe(sentence(bars, kind));
    chart.redraw();
    const floored = gradients.map((layer) => ({ x: layer[kind].x, y: layer[kind].y.map((value) => Math.max(LEAST, value)) }));
    curves?.draw(floored.length === count ? floored : Array.from({ length: count }, () => ({ x: [], y: [] })), count > 1 ? 'The stronger the line, '
      + 'the nearer its layer is to the input.' : '');
    const since = ghost === undefined || config === undefined ? [] : differences(ghost.config, config);
    const change = since.length === 0 ? '' : `, before this changed: ${since.join('; ')}`;
    const thin = ghost === undefined ? '' : ` Thin marks are the run before${change}.`;
    say(caption, `${KINDS[kind].explain} Layer 1 takes the input.${thin}`);
  };
  return { element, update };
}

function sentence(bars: readonly Bar[], kind: Kind): string {
  const words = bars.map(({ now }, i) => `layer ${i + 1} ${now === undefined ? 'none yet' : faint(now)}`);
  return `${kind === 'rms' ? 'Root mean square of the gradient' : "The gradient's norm in that of the weights"}, on a logarithmic scale: ${words.join(', ')}.`;
}

/** Values to mark between two logarithms: powers of ten, and their doubles and fives where there are few of those. */
function marks(low: number, high: number): number[] {
  if (high <= low) return [];
  const digits = high - low < 2.5 ? [1, 2, 5] : [1];
  const powers = Array.from({ length: Math.ceil(high) - Math.floor(low) + 1 }, (_, i) => Math.floor(low) + i);
  return powers.flatMap((power) => digits.map((digit) => digit * 10 ** power)).filter((value) =>
    Math.log10(value) > low - 1e-6 && Math.log10(value) < high + 1e-6);
}

function paint(context: CanvasRenderingContext2D, width: number, bars: readonly Bar[], low: number, high: number): void {
  const theme = currentTheme();
  const bottom = bars.length * ROW;
  const right = width - VALUES;
  const x = (value: number): number => NAMES + ((Math.log10(Math.max(LEAST, value)) - low) / Math.max(0.1, high - low)) * (right - NAMES);
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'alphabetic';
  context.textAlign = 'center';
  let labelled = -Infinity;
  for (const value of marks(low, high)) {
    const at = Math.round(x(value)) + 0.5;
    context.strokeStyle = theme.line;
    context.beginPath();
    context.moveTo(at, 0);
    context.lineTo(at, bottom);
    context.stroke();
    if (at - labelled < 40) continue;
    labelled = at;
    context.fillStyle = theme.muted;
    context.fillText(faint(value), at, bottom + 13);
  }
  context.textBaseline = 'middle';
  bars.forEach(({ now, before }, i) => {
    const middle = i * ROW + ROW / 2;
    context.fillStyle = theme.muted;
    context.textAlign = 'right';
    context.fillText(String(i + 1), NAMES - 8, middle);
    if (now !== undefined) {
      context.fillStyle = theme.accent;
      if (now > LEAST) context.fillRect(NAMES, middle - 5, Math.max(1, x(now) - NAMES), 10);
      context.fillStyle = theme.ink;
      context.textAlign = 'left';
      context.fillText(faint(now), right + 8, middle);
    }
    if (before !== undefined && before > LEAST) {
      context.fillStyle = theme.ink;
      context.fillRect(Math.round(x(before)) - 1, middle - 8, 2, 16);
    }
  });
}
