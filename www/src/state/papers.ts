/** The seven papers in our own words. What could be read of each, and how far, decides what is called certain. */
import type { Paper } from '../worker/protocol';

export interface PaperWords {
  readonly name: string;
  readonly title: string;
  readonly venue: string;
  /** In one sentence. */
  readonly claim: string;
  /** What the symbols of its equation are. */
  readonly symbols: string;
  readonly certain: string;
  readonly reading: string;
  /** What its experiment compares. */
  readonly experiment: string;
}

export const PAPER_WORDS: Record<Paper, PaperWords> = {
  reverb: {
    name: 'ReverB-SNN',
    title: 'Reversing the bits of weight and activation',
    venue: 'ICML 2025',
    claim: 'The precision belongs in the spikes, not in the weights: a neuron that fires sends its potential, every weight is -1 or 1, and a synapse '
      + 'still only adds or subtracts.',
    symbols: 'u is the potential and V the threshold, W the weights that are trained, and α the one factor of a layer. For inference α and the norm '
      + 'fold into one multiplication for each neuron and time step, and the weights are single bits.',
    certain: 'Real-valued spikes with a hard reset, weights of -1 and 1, and a trained factor that is gone after training.',
    reading: 'One factor for each layer, and its start; how gradients pass the sign; decay and threshold; real-valued first and last weights. The '
      + 'text that would say could not be read.',
    experiment: 'Real and binary spikes, each through real and through binary weights.',
  },
  contrast: {
    name: 'Contrastive learning',
    title: 'Similarity-sensitive contrastive learning',
    venue: 'AAAI 2024',
    claim: "Each layer's features say more once they are pulled to those that a trained ordinary network has of the same image, and away from those "
      + "that it has of other images.",
    symbols: "s and a are features of images i and j, scaled to length one: the network's, and those of its ANN twin. κ is the temperature, B the "
      + "batch; w weighs the layers by how alike the two see (CKA).",
    certain: 'A trained twin, a loss in each layer that tells the same image from others, layers weighed by CKA, and nothing of it after training.',
    reading: 'The rest is a reconstruction: other images from the batch, temperature 0.1, weight 1, no projections, and more weight to layers that '
      + 'are more alike, not less. No table could be read.',
    experiment: 'With and without the loss, on a few hundred images; the twin was trained on all images of the training part, which the arms that it '
      + 'guides profit from.',
  },
  enof: {
    name: 'EnOF-SNN',
    title: 'Enhancing the output feature',
    venue: 'NeurIPS 2024',
    claim: 'What the readout gets is too poor when it is made of spikes: let the readout of a trained ordinary network judge it as well, and let the '
      + 'last layer send currents.',
    symbols: "f is the feature in front of the readout, of the network (S) or of its ANN twin (A); W and b are the twin's readout, which stays as it "
      + "is; Θ is the temperature.",
    certain: 'Both parts, that each helps by itself, and that both help more.',
    reading: 'Weight and temperature stand only in earlier code of the authors (0.1 and 20); 1 and 4 show more in short runs. No figure could be read.',
    experiment: 'Each part by itself, both, and plain distillation as the control, on 300 images; the twin was trained on all images of the training '
      + 'part, which the arms that it guides profit from.',
  },
  shortcut: {
    name: 'Shortcut',
    title: 'Take a shortcut back',
    venue: 'NeurIPS 2024',
    claim: 'Gradients fade on their way back through many spiking layers; branches from shallow layers straight to the answer bring them there while '
      + 'training, and are gone after it.',
    symbols: 'b are readouts of the blocks of the network, the last one its own; the loss sees only their sum o. λ falls from 0.25 to 0 over the I '
      + 'steps of the run.',
    certain: 'All of the text could be read: the sum of answers, the weight that falls, the neuron.',
    reading: 'Where branches start ("several blocks": here at a quarter, a half and three quarters of the depth), and which of the surrogates was used.',
    experiment: 'Networks of 10 and of 4 layers without branches, with evolving ones, and with fixed ones.',
  },
  ternary: {
    name: 'Ternary Spike',
    title: 'Spikes of -1, 0 and 1',
    venue: 'AAAI 2024',
    claim: 'Spikes of -1, 0 and 1, with a height that each layer learns, say more than spikes of 0 and 1 and still only add; after training the '
      + 'heights go into the weights.',
    symbols: 'u is the potential, V the threshold, b the spike, and a the height that the layer learns. The reset sees b, never a.',
    certain: 'The rule, the reset, the fold, and every table of the paper.',
    reading: 'The height starts from 1 and stays over 0.001. The public code has only spikes of one height.',
    experiment: 'Binary spikes, ternary spikes, and ternary spikes of trained height, in a small residual network.',
  },
  paradigm: {
    name: 'Spiking PointNet',
    title: 'Trained less, but learning more',
    venue: 'NeurIPS 2023',
    claim: 'A network trained at one time step, from random first potentials, gets better when it then runs for several, and costs less to train.',
    symbols: 'u is the potential before the neuron fires, I its current, τ the decay, and t the time step. U is uniform, drawn anew for every neuron, '
      + 'sample and pass.',
    certain: "The random potentials of up to 0.5, in training and after it, and the main table, from the authors' code.",
    reading: 'The experiment below is on images; point clouds can be trained in the Train view. The theory could not be read. In networks of this '
      + 'size training at four steps can still be more accurate.',
    experiment: 'Trained at four steps, at one, and at one from random potentials, each then run at 1, 2 and 4.',
  },
  imLoss: {
    name: 'IM-Loss',
    title: 'Information maximisation loss and evolutionary surrogates',
    venue: 'NeurIPS 2022',
    claim: 'A binary spike says most when half of the neurons fire: pull mean potentials to the threshold, which also keeps deep layers alive, and '
      + 'let the surrogate start wide and end sharp.',
    symbols: 'U are the potentials of layer l over batch, time and neurons, V is the threshold; K is the slope of the surrogate in epoch i of N.',
    certain: 'A loss that pulls the mean potential to the threshold, and a slope that grows from 1 to 10.',
    reading: 'The weight of 2, from a second-hand summary; the mean over layers, where the paper sums; the shape of the schedule, whose formula could '
      + 'be read only garbled. The public code differs in five ways: its form is an option.',
    experiment: 'The loss and the schedule, apart and together, in a deep network without batch norm and with small first weights.',
  },
};
