/** How the energy of an inference is estimated, with each lane's numbers in the formula. */
import type { Lane } from '../run/race';
import { h } from './element';
import { grouped } from './part';

export function createEnergy(): { readonly element: HTMLElement; update(lanes: readonly Lane[], names: readonly string[]): void } {
  const list = h('ul', { class: 'formulas' });
  const element = h(
    'details', { 'data-test': 'energy' }, h('summary', { text: 'How the energy is computed' }),
    h('p', { class: 'caption', text: 'Only arithmetic is counted: 45 nm chips need 4.6 pJ for a multiply-accumulate and 0.9 pJ for an addition. The first layer takes the analogue image and multiplies at every time step; after it, a binary or ternary spike only adds a weight to each neuron it reaches. A real-valued spike has to be multiplied by the weight, so it pays 4.6 pJ as well. Memory and the updates of the potentials are left out: these are estimates for neuromorphic hardware, not for this browser.' }),
    list,
    h('p', { class: 'caption', text: 'The second column takes the figures behind the table of the Ternary Spike paper: 12.5 pJ a multiply-accumulate, 77 fJ a synaptic operation, 3.7 pJ a sign test (one for a binary or real-valued spike, two for a ternary one).' }),
  );
  let drawn = '';
  const update = (lanes: readonly Lane[], names: readonly string[]): void => {
    const lines = lanes.map((lane, i) => {
      const energy = lane.evaluation?.energy;
      if (energy === undefined) return `${names[i] ?? ''}: not measured yet.`;
      const each = lane.config.spike === 'real' ? 4.6 : 0.9;
      return `${names[i] ?? ''}: 4.6 pJ × ${grouped(energy.encoderMacs)} + ${each} pJ × ${grouped(energy.synapticOperations)} = ${grouped(energy.nanojoules45nm)} nJ`;
    });
    if (lines.join() === drawn) return;
    drawn = lines.join();
    list.replaceChildren(...lines.map((text) => h('li', { class: 'figure', text })));
  };
  return { element, update };
}
