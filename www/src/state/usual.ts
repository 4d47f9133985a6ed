/** What goes with a setting that a person chooses: what made sense for the one that is left makes none for it. */
import type { SessionConfig } from '../worker/protocol';
import { SURROGATE_PARAMETER } from './fields';

type Change = Partial<SessionConfig>;

const USUAL_WIDTHS: Record<SessionConfig['network'], readonly number[]> = { conv: [16, 32, 64], mlp: [256], resnet: [16, 32] };

/** The change with what goes with it, and a part of a sentence for what a person would not expect. */
export function withUsual(change: Change, config: SessionConfig): { change: Change; notes: string[] } {
  const { network, surrogate, weights, evolveSurrogate } = change;
  if (network !== undefined && network !== config.network) return { change: { ...change, widths: [...USUAL_WIDTHS[network]] }, notes: [] };
  if (surrogate !== undefined && surrogate !== config.surrogate) return { change: { ...change, surrogateParameter: SURROGATE_PARAMETER[surrogate].usual }, notes: [] };
  if (weights === 'binary' && config.weights !== 'binary') {
    return { change: { ...change, spike: 'real', trainFactor: true }, notes: ['binary weights came with real-valued spikes and a trained factor, as in ReverB-SNN'] };
  }
  if (evolveSurrogate === true && config.surrogate !== 'esg') {
    return { change: { ...change, surrogate: 'esg', surrogateParameter: 1 }, notes: ['the evolving surrogate came with the tanh everywhere, from slope 1 on'] };
  }
  return { change, notes: [] };
}
