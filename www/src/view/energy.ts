/** How the energy of an inference is estimated, with each lane's numbers in the formula. */
import type { Lane } from '../run/race';
import type { SpikeKind } from '../worker/protocol';
import { h } from './element';
import { grouped } from './part';

/** Small networks need fractions of a nanojoule. */
export function nanojoules(value: number): string {
  return value < 100 ? value.toPrecision(3) : grouped(value);
}

/** Picojoules for a synaptic operation and for one spike's sign tests, in each model. */
function prices(kind: SpikeKind): { readonly operation45nm: number; readonly operationPaper: number; readonly tests: number } {
  return { operation45nm: kind === 'real' ? 4.6 : 0.9, operationPaper: kind === 'real' ? 12.5 : 0.077, tests: kind === 'ternary' ? 7.4 : 3.7 };
}

export function createEnergy(): { readonly element: HTMLElement; update(lanes: readonly Lane[], names: readonly string[]): void } {
  const list = h('ul', { class: 'formulas' });
  const paperList = h('ul', { class: 'formulas' });
  const element = h(
    'details', { 'data-test': 'energy' }, h('summary', { text: 'How the energy is computed' }),
    h('p', { class: 'caption', text: 'Only arithmetic is counted: 45 nm chips need 4.6 pJ for a multiply-accumulate and 0.9 pJ for an addition. The first layer takes the analogue image and multiplies at every time step; after it, a binary or ternary spike only adds a weight to each neuron it reaches. A real-valued spike has to be multiplied by the weight, so it pays 4.6 pJ as well. Memory and the updates of the potentials are left out: these are estimates for neuromorphic hardware, not for this browser.' }),
    list,
    h('p', { class: 'caption', text: 'The second column takes the figures behind the table of the Ternary Spike paper: 12.5 pJ a multiply-accumulate, 0.077 pJ a synaptic operation (12.5 pJ for a real-valued spike, which multiplies), 3.7 pJ a sign test (one for a binary or real-valued spike, two for a ternary one).' }),
    paperList,
  );
  let drawn = '';
  const update = (lanes: readonly Lane[], names: readonly string[]): void => {
    const lines = lanes.map((lane, i): readonly [string, string] => {
      const [name, energy] = [names[i] ?? '', lane.evaluation?.energy];
      if (energy === undefined) return [`${name}: not measured yet.`, `${name}: not measured yet.`];
      const [macs, operations] = [grouped(energy.encoderMacs), grouped(energy.synapticOperations)];
      const { operation45nm, operationPaper, tests } = prices(lane.config.spike);
      return [
        `${name}: 4.6 pJ × ${macs} + ${operation45nm} pJ × ${operations} = ${nanojoules(energy.nanojoules45nm)} nJ`,
        `${name}: 12.5 pJ × ${macs} + ${operationPaper} pJ × ${operations} + ${tests} pJ × ${grouped(energy.spikes)} spikes = ${nanojoules(energy.nanojoulesTernaryPaper)} nJ`,
      ];
    });
    const key = lines.join();
    if (key === drawn) return;
    drawn = key;
    const items = (texts: readonly string[]): HTMLElement[] => texts.map((text) => h('li', { class: 'figure', text }));
    list.replaceChildren(...items(lines.map(([text]) => text)));
    paperList.replaceChildren(...items(lines.map(([, text]) => text)));
  };
  return { element, update };
}
