/** What the stage shows: one sample on its way through one network. */
import type { LayerInfo, NetworkKind, Probe, SpikeKind } from '../../worker/protocol';
import type { Dynamics } from '../shared/trace';

export interface StageFrame {
  readonly probe: Probe;
  readonly layers: readonly LayerInfo[];
  readonly kind: SpikeKind;
  readonly network: NetworkKind;
  readonly classes: readonly string[];
  /** What the chosen neuron says to the classes, where that is known. */
  readonly said?: Float32Array;
  /** How potentials go on; not there where no neuron can be chosen. */
  readonly dynamics?: Dynamics;
  /** Whether what it sees is unlike what it was trained on: it is sure of nothing then, whatever the evidence. */
  readonly doubted?: boolean;
  readonly chosen: { readonly layer: number; readonly neuron: number } | undefined;
}
