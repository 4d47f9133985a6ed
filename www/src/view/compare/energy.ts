/** How the energy of an inference is estimated, with each lane's numbers in the formula. */
import { html, render } from 'lit-html';
import { ENERGY, type EnergyModel } from '../../state/core-settings';
import type { Lane } from '../../run/race';
import type { Energy, SpikeKind } from '../../worker/protocol';
import { h } from '../shared/element';
import { stepsWords } from './lanes';
import { grouped } from '../shared/part';

/** What spikes are measured against. */
export const ORDINARY = 'Ordinary network of the same layers';

/** Small networks need fractions of a nanojoule. */
export function nanojoules(value: number): string {
  return value < 100 ? value.toPrecision(3) : grouped(value);
}

const { nm45: NM_45, ternaryPaper: PAPER } = ENERGY;

/** One term of the sum, left out where there is nothing of it. */
function term(picojoules: number, count: number, what: string): readonly string[] {
  return picojoules * count === 0 ? [] : [`${picojoules} pJ × ${grouped(count)}${what === '' ? '' : ` ${what}`}`];
}

/** The sum by a model, as the core forms it. */
function sum(model: EnergyModel, { macs, synapticOperations, multiplied, scalings, spikes }: Energy, kind: SpikeKind): string {
  return [
    ...term(model.multiplyAccumulate, macs, 'multiply-accumulates'),
    ...term(model.multiplyAccumulate, multiplied, 'multiplied spikes'),
    ...term(model.addition, synapticOperations - multiplied, 'additions'),
    ...term(model.signTest, (kind === 'ternary' ? 2 : 1) * spikes, 'sign tests'),
    ...term(model.multiplication, scalings, 'scaled currents'),
  ].join(' + ');
}

/** The sums of both models. */
function sums(energy: Energy, kind: SpikeKind): readonly [string, string] {
  return [
    `${sum(NM_45, energy, kind)} = ${nanojoules(energy.nanojoules45nm)} nJ`,
    `${sum(PAPER, energy, kind)} = ${nanojoules(energy.nanojoulesTernaryPaper)} nJ`,
  ];
}

const ABOUT_45NM = [
  `Only arithmetic is counted: 45 nm chips need ${NM_45.multiplyAccumulate} pJ for a multiply-accumulate, ${NM_45.addition} pJ for an`,
  `addition and ${NM_45.multiplication} pJ for a multiplication. The first layer takes the analogue image, or the coordinates of the points,`,
  'and multiplies at every time step (where spikes or events flow in it only adds), and so does what follows rectified currents, a maximum',
  'over points, or a transform; a binary or ternary spike only adds a weight to each neuron it reaches. A real-valued spike has to be',
  'multiplied by each real-valued weight, so it pays',
  `${NM_45.multiplyAccumulate} pJ there; in front of binary weights it is scaled once, by factor and norm, and then only added.`,
  'Memory and the updates of the potentials are left out: these are estimates for neuromorphic hardware, not for this browser.',
].join(' ');
const ABOUT_PAPER = [
  'The second column takes the figures behind the table of the Ternary Spike paper:',
  `${PAPER.multiplyAccumulate} pJ a multiply-accumulate or a multiplied spike,`,
  `${PAPER.addition} pJ an addition, ${PAPER.signTest} pJ a sign test (one for a binary or real-valued spike, two for a ternary one) or a scaled spike.`,
].join(' ');

/** The sums of a lane as both lists have them. */
function lines(lane: Lane, name: string): readonly [string, string] {
  const { energy } = lane.evaluation ?? {};
  const full = lane.config.units === 'relu' ? name : `${name} (${stepsWords(lane.config)})`;
  const [first, second] = energy === undefined ? ['not measured yet.', 'not measured yet.'] : sums(energy, lane.config.spike);
  return [`${full}: ${first}`, `${full}: ${second}`];
}

/** The same for an ordinary network. */
function ordinaryLines({ ordinaryMacs, ordinaryNanojoules45nm, ordinaryNanojoulesTernaryPaper }: Energy): readonly [string, string] {
  const line = ({ multiplyAccumulate }: EnergyModel, result: number): string =>
    `${ORDINARY}: ${term(multiplyAccumulate, ordinaryMacs, 'multiply-accumulates').join('')} = ${nanojoules(result)} nJ`;
  return [line(NM_45, ordinaryNanojoules45nm), line(PAPER, ordinaryNanojoulesTernaryPaper)];
}

/** A lane of spikes that has been measured: what an ordinary network is set beside. */
export function measuredSpikes(lanes: readonly Lane[]): Energy | undefined {
  return lanes.find(({ evaluation, config }) => evaluation !== undefined && config.units !== 'relu')?.evaluation?.energy;
}

export function createEnergy(): { readonly element: HTMLElement; update(lanes: readonly Lane[], names: readonly string[]): void } {
  const element = h('details', { 'data-test': 'energy' });
  const list = (texts: readonly string[]) => html`<ul class="formulas">${texts.map((text) => html`<li class="figure">${text}</li>`)}</ul>`;
  const update = (lanes: readonly Lane[], names: readonly string[]): void => {
    const measured = measuredSpikes(lanes);
    const both = [...lanes.map((lane, i) => lines(lane, names[i] ?? '')), ...(measured === undefined ? [] : [ordinaryLines(measured)])];
    render(html`
      <summary>How the energy is computed</summary>
      <p class="caption">${ABOUT_45NM}</p>
      ${list(both.map(([first]) => first))}
      <p class="caption">${ABOUT_PAPER}</p>
      ${list(both.map(([, second]) => second))}`, element);
  };
  update([], []);
  return { element, update };
}
