/** The membrane potential of one neuron over the time steps, against the threshold that makes it fire. */
import type { App } from '../../app';
import { short } from '../../state/figures';
import type { Probe, SessionConfig } from '../../worker/protocol';
import { CrispCanvas } from '../shared/canvas';
import { currentTheme, freshId, h, say, type Theme } from '../shared/element';
import { isUnderMaximum, UNDER_MAXIMUM } from '../shared/layer-words';
import type { SlowMotion } from '../shared/motion';
import { panel, type Part } from '../shared/part';
import { neuronsOf, neuronWords } from '../shared/raster';
import { traceOf, type Trace } from '../shared/trace';

const NO_MEMBRANE = 'This layer sends rectified currents: its units have no membrane potential and no threshold.';

const AXIS = 44;
const TOP = 14;
const BOTTOM = 20;

export function createPotential(app: App, motion: SlowMotion): Part {
  const { training, store } = app;
  let trace: Trace | undefined;
  let config = store.state.config;

  const canvas = new CrispCanvas((context, width, height) => {
    if (trace !== undefined) paint(context, width, height, trace, config, motion.step);
  }, 'potential');
  const [layerId, neuronId] = [freshId('layer'), freshId('neuron')];
  const layerBox = h('select', { id: layerId });
  const neuronBox = h('input', { id: neuronId, type: 'number', min: 0, step: 1, inputmode: 'numeric' });
  const place = h('span', { class: 'caption' });
  const caption = h('p', { class: 'caption' });
  const element = panel(
    app, 'potential', 'Membrane potential of one neuron',
    h('div', { class: 'toolbar' },
      h('span', { class: 'field-inline' }, h('label', { for: layerId, text: 'Layer' }), layerBox),
      h('span', { class: 'field-inline' }, h('label', { for: neuronId, text: 'Neuron' }), neuronBox), place),
    canvas.element, caption,
  );
  layerBox.addEventListener('change', () => { store.update({ layer: Number(layerBox.value), neuron: 0 }, 'replace'); });
  neuronBox.addEventListener('change', () => {
    const most = Number(neuronBox.max);
    const wanted = Math.round(neuronBox.valueAsNumber);
    const neuron = Number.isNaN(wanted) ? store.state.neuron : Math.min(most, Math.max(0, wanted));
    neuronBox.value = String(neuron);
    store.update({ neuron }, 'replace');
  });

  let layers = 0;
  const update = (): void => {
    const { probe, info } = training;
    const { state } = store;
    config = info?.config ?? state.config;
    if (info !== undefined && info.layers.length !== layers) {
      layers = info.layers.length;
      layerBox.replaceChildren(...info.layers.map((_, i) => h('option', { value: i, text: String(i + 1) })));
    }
    const layer = probe?.layers[state.layer];
    if (probe === undefined || layer === undefined) {
      trace = undefined;
      canvas.redraw();
      return;
    }
    layerBox.value = String(state.layer);
    neuronBox.max = String(neuronsOf(layer.shape) - 1);
    if (document.activeElement !== neuronBox) neuronBox.value = String(state.neuron);
    say(place, layer.shape.length === 1 ? '' : neuronWords(layer.shape, state.neuron));
    if (info?.layers[state.layer]?.spiking === false) {
      trace = undefined;
      const reason = isUnderMaximum(info.layers, state.layer) ? UNDER_MAXIMUM : NO_MEMBRANE;
      canvas.describe(reason);
      say(caption, reason);
      canvas.redraw();
      return;
    }
    trace = traceOf(layer, probe.steps, state.neuron, config);
    canvas.describe(sentence(trace, config, `layer ${state.layer + 1}, ${neuronWords(layer.shape, state.neuron)}`));
    say(caption, words(config, probe, trace.decay));
    canvas.redraw();
  };
  return { element, update };
}

function words(config: SessionConfig, probe: Probe, decay: number): string {
  const end = config.reset === 'hard' ? 'back to zero' : 'down by one threshold';
  const negative = config.spike === 'ternary' ? ' Below the negative threshold it sends a negative spike (hollow).' : '';
  return `Each time step adds the input to what is left (${Math.round(100 * decay)} %). At the dashed threshold the neuron fires (triangle) `
    + `and falls ${end}.${negative}${probe.steps === 1 ? ' One time step: there is no memory to watch.' : ''}`;
}

function sentence({ before, spikes }: Trace, config: SessionConfig, neuron: string): string {
  const steps = before.map((potential, t) => {
    const spike = spikes[t] ?? 0;
    return `${potential.toFixed(2)}${spike > 0 ? ', a spike' : spike < 0 ? ', a negative spike' : ''}`;
  });
  return `Membrane potential of ${neuron} against the threshold ${config.threshold}, after each time step: ${steps.join('; ')}.`;
}

function paint(context: CanvasRenderingContext2D, width: number, height: number, trace: Trace, config: SessionConfig, step: number | undefined): void {
  const theme = currentTheme();
  const { before, after, spikes, decay } = trace;
  const steps = before.length;
  const signed = config.spike === 'ternary';
  const { threshold } = config;
  const highest = Math.max(threshold * 1.25, ...before, ...after);
  const lowest = Math.min(signed ? -threshold * 1.25 : 0, ...before, ...after);
  const margin = 0.06 * (highest - lowest);
  const column = (width - AXIS) / steps;
  const y = (value: number): number => TOP + ((highest + margin - value) / (highest - lowest + 2 * margin)) * (height - TOP - BOTTOM);
  const x = (t: number): number => AXIS + t * column;
  const shown = step === undefined ? steps : step + 1;

  if (step !== undefined) {
    context.fillStyle = theme.sunken;
    context.fillRect(x(step), 0, column, height - BOTTOM);
  }
  context.font = '11px system-ui, sans-serif';
  level(context, theme, y(0), width, '0', theme.line, []);
  level(context, theme, y(threshold), width, short(threshold, 3), theme.accent, [5, 4]);
  if (signed) level(context, theme, y(-threshold), width, short(-threshold, 3), theme.negative, [5, 4]);
  timeLabels(context, theme, steps, x, column, height, step);

  for (let t = 0; t < shown; t += 1) {
    const [peak, kept, spike] = [before[t] ?? 0, after[t] ?? 0, spikes[t] ?? 0];
    const left = t === 0 ? 0 : decay * (after[t - 1] ?? 0);
    const [from, arrival, end] = [x(t), x(t) + 0.3 * column, x(t + 1)];
    // The input lifts what was left; a spike drops it; then it leaks until the next time step.
    stroke(context, theme.ink, [], [[from, y(left)], [arrival, y(left)], [arrival, y(peak)]]);
    if (spike !== 0) stroke(context, theme.muted, [2, 3], [[arrival, y(peak)], [arrival, y(kept)]]);
    stroke(context, theme.ink, [], [[arrival, y(kept)], [end, y(t + 1 < steps ? decay * kept : kept)]]);
    context.fillStyle = spike > 0 ? theme.positive : spike < 0 ? theme.negative : theme.ink;
    context.beginPath();
    context.arc(arrival, y(peak), spike === 0 ? 2.5 : 3.5, 0, 2 * Math.PI);
    context.fill();
    if (spike !== 0) triangle(context, theme, arrival, spike > 0 ? 3 : height - BOTTOM - 3, spike > 0);
  }
}

function level(context: CanvasRenderingContext2D, theme: Theme, y: number, width: number, text: string, colour: string, dash: number[]): void {
  stroke(context, colour, dash, [[AXIS, Math.round(y) + 0.5], [width, Math.round(y) + 0.5]]);
  context.fillStyle = theme.muted;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillText(text, AXIS - 6, y);
}

function timeLabels(
  context: CanvasRenderingContext2D, theme: Theme, steps: number, x: (t: number) => number, column: number, height: number, step: number | undefined,
): void {
  context.textAlign = 'center';
  context.textBaseline = 'bottom';
  const every = Math.max(1, Math.ceil(20 / column));
  for (let t = 0; t < steps; t += every) {
    context.fillStyle = t === step ? theme.accent : theme.muted;
    context.fillText(String(t + 1), x(t) + column / 2, height);
  }
}

function stroke(context: CanvasRenderingContext2D, colour: string, dash: number[], points: readonly (readonly [number, number])[]): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.setLineDash(dash);
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.stroke();
  context.setLineDash([]);
}

/** A positive spike points up and is full, a negative one points down and is hollow. */
function triangle(context: CanvasRenderingContext2D, theme: Theme, x: number, y: number, up: boolean): void {
  const rise = up ? 7 : -7;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - 4.5, y + rise);
  context.lineTo(x + 4.5, y + rise);
  context.closePath();
  if (up) {
    context.fillStyle = theme.positive;
    context.fill();
  } else {
    context.strokeStyle = theme.negative;
    context.stroke();
  }
}
