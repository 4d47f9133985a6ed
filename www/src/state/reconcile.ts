/** What settings rule out together although each is in its range, and what is taken instead. */
import type { DataName, SessionConfig } from '../worker/protocol';

/** Neurons' layers at most, by the shape of the network; a convnet is halved in every layer, down to one pixel. */
const MOST_LAYERS = 16;
const MOST_STAGES = 4;
const CONV_LAYERS: Record<DataName, number> = { mnist: 4, fashion: 4, digits: 3 };

/** Widths that a network can have at most, whatever its shape. */
export const MAX_DEPTH = MOST_LAYERS;
/** Layers of neurons in the deepest network: a stem and four stages of four blocks of two. */
export const MAX_LAYERS = 33;

/** Samples to train on. */
const TRAIN_SAMPLES: Record<DataName, number> = { mnist: 8000, fashion: 5000, digits: 1297 };

export function maxDepth({ network, data }: SessionConfig): number {
  if (network === 'conv') return CONV_LAYERS[data];
  return network === 'resnet' ? MOST_STAGES : MOST_LAYERS;
}

/** Layers of neurons. */
export function layersOf({ network, widths, blocks }: SessionConfig): number {
  return network === 'resnet' ? 1 + 2 * blocks * widths.length : widths.length;
}

const NO_TWIN = 'a network of rectified units is an ANN itself and has no twin to be guided by';
const NO_MEMBRANE = 'a rectified unit has no membrane potential';

/** Methods that need spiking units, by the weight that switches each on. */
const UNIT_METHODS = [
  { key: 'contrast', name: 'contrastive loss', why: NO_TWIN },
  { key: 'align', name: 'alignment loss', why: NO_TWIN },
  { key: 'imLoss', name: 'information loss', why: NO_MEMBRANE },
  { key: 'membraneNoise', name: 'random first potentials', why: NO_MEMBRANE },
] as const;

type Change = Partial<SessionConfig>;

interface Mended {
  readonly change: Change;
  /** Part of a sentence. */
  readonly note: string;
}

/** Looks at one thing. Where either of two settings could give way, the one that was just asked for stays. */
type Rule = (config: SessionConfig, asked: Change) => Mended | undefined;

const RULES: readonly Rule[] = [
  (config) => {
    const depth = maxDepth(config);
    const over = config.widths.length - depth;
    if (over <= 0) return undefined;
    const most = { conv: `a convnet on these images has at most ${depth} layers`, mlp: `an MLP has at most ${depth} layers`, resnet: `a residual network has at most ${depth} stages` };
    return { change: { widths: config.widths.slice(0, depth) }, note: `${most[config.network]}, so the last ${over} went` };
  },
  (config, asked) => {
    if (config.units !== 'relu') return undefined;
    const wanted = UNIT_METHODS.filter(({ key }) => config[key] > 0);
    const [first] = wanted;
    if (first === undefined) return undefined;
    if (asked.units === undefined && wanted.some(({ key }) => (asked[key] ?? 0) > 0)) return { change: { units: 'spiking' }, note: `${first.why}, so the units are spiking again` };
    const off = Object.fromEntries(wanted.map(({ key }) => [key, 0]));
    return { change: off, note: `${first.why}, so the ${wanted.map(({ name }) => name).join(' and the ')} went` };
  },
  (config, asked) => {
    if (config.weights !== 'binary' || config.spike !== 'ternary') return undefined;
    const why = 'binary weights are for real-valued spikes, or binary ones to compare with';
    if (asked.spike === 'ternary' && asked.weights === undefined) return { change: { weights: 'real' }, note: `${why}, so the weights are real-valued again` };
    return { change: { spike: 'real' }, note: `${why}, so the spikes became real-valued` };
  },
  (config, asked) => {
    if (config.imLoss === 0 || config.spike !== 'ternary') return undefined;
    const why = 'the information loss pulls potentials to the one threshold where a binary spike says most, and a ternary neuron has two';
    if (asked.spike === 'ternary' && asked.imLoss === undefined) return { change: { imLoss: 0 }, note: `${why}, so it went` };
    return { change: { spike: 'binary' }, note: `${why}, so the spikes became binary` };
  },
  (config, asked) => {
    if (!config.evolveSurrogate || config.surrogate === 'esg') return undefined;
    const why = 'only the tanh everywhere has a slope that may grow';
    if (asked.surrogate !== undefined && asked.evolveSurrogate === undefined) return { change: { evolveSurrogate: false }, note: `${why}, so the surrogate stays as it is` };
    return { change: { surrogate: 'esg' }, note: `${why}, so it became the surrogate` };
  },
  (config) => {
    if (config.surrogate !== 'steTernary' || config.spike === 'ternary') return undefined;
    return { change: { surrogate: 'steWindow' }, note: 'the window over both thresholds needs ternary spikes, so the plain window took its place' };
  },
  (config) => {
    if (config.shortcut === 'off' || layersOf(config) >= 2) return undefined;
    return { change: { shortcut: 'off' }, note: 'a shortcut branch starts from a layer that is not the last, so a network of one layer has none' };
  },
  (config) => {
    if (!config.batchNorm || config.batch >= 2) return undefined;
    return { change: { batch: 2 }, note: 'batch norm compares the samples of a batch, so a batch has two of them' };
  },
  ({ samples, data }) => {
    const most = TRAIN_SAMPLES[data];
    return samples > most ? { change: { samples: most }, note: `there are only ${most} samples to train on` } : undefined;
  },
  ({ samples, batch }) => {
    if (samples === 0 || samples >= batch) return undefined;
    return { change: { samples: batch }, note: 'a batch cannot be larger than all training samples, so there are as many as one batch takes' };
  },
];

/** A config that can run, with a part of a sentence for each thing that had to be mended. `asked` is what was just changed. */
export function reconcile(config: SessionConfig, asked: Change = {}): { config: SessionConfig; notes: string[] } {
  const notes: string[] = [];
  let mended = config;
  for (const rule of RULES) {
    const found = rule(mended, asked);
    if (found === undefined) continue;
    mended = { ...mended, ...found.change };
    notes.push(found.note);
  }
  return { config: mended, notes };
}
