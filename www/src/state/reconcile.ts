/** What settings rule out together although each is in its range, and what is taken instead; `run/as-core.test.ts` holds it against what the core refuses. */
import type { SessionConfig } from '../worker/protocol';
import { DEPTHS, HEAD_DEPTH } from './core-settings';
import { convLayers, formOf, takes, trainSamples } from './forms';

/** Widths that a network can have at most, whatever its shape. */
export const MAX_DEPTH = Math.max(...Object.values(DEPTHS).map(({ most }) => most));
/** Layers behind a PointNet's maximum at most. */
export const MAX_HEAD = HEAD_DEPTH.most;
/** Layers in the longest network: a PointNet with two transforms of as many layers each. */
export const MAX_LAYERS = 3 * (DEPTHS.pointnet.most + HEAD_DEPTH.most);

export function maxDepth({ network, data }: SessionConfig): number {
  const { most } = DEPTHS[network];
  return network === 'conv' && formOf({ data, network }) !== 'cloud' ? Math.min(most, convLayers(data)) : most;
}

export function minDepth({ network }: SessionConfig): number {
  return DEPTHS[network].least;
}

/** Layers, those of transforms included. */
export function layersOf({ network, widths, head, blocks, inputTransform, featureTransform }: SessionConfig): number {
  if (network === 'pointnet') return (widths.length + head.length) * (1 + Number(inputTransform) + Number(featureTransform));
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

/** What a rule changed, and why. */
export interface Mended {
  readonly change: Change;
  /** Part of a sentence. */
  readonly note: string;
}

/** Looks at one thing. Where either of two settings could give way, the one that was just asked for stays. */
type Rule = (config: SessionConfig, asked: Change) => Mended | undefined;

const RULES: readonly Rule[] = [
  (config, asked) => {
    const form = formOf(config);
    if (takes(config.network, form)) return undefined;
    if (asked.network !== undefined && asked.data === undefined) {
      return form !== 'cloud'
        ? { change: { data: 'furniture' }, note: 'a PointNet takes point clouds, so the furniture became the data set' }
        : { change: { data: 'mnist' }, note: 'point clouds are for a PointNet only, so the MNIST digits became the data set' };
    }
    return form === 'cloud'
      ? { change: { network: 'pointnet' }, note: 'point clouds are for a PointNet only, so it became the network' }
      : { change: { network: 'conv' }, note: 'a PointNet takes point clouds only, so a convnet became the network' };
  },
  (config) => {
    const form = formOf(config);
    if (config.encoding === 'direct' || form === 'image') return undefined;
    const why = form === 'cloud' ? 'points have no brightness to make spikes of, so a cloud' : 'a recording is of events already, so it';
    return { change: { encoding: 'direct' }, note: `${why} flows in directly` };
  },
  (config) => {
    const missing = minDepth(config) - config.widths.length;
    if (missing <= 0) return undefined;
    return { change: { widths: [...config.widths, 64] }, note: 'the last layer under the maximum of a PointNet has no neurons, so it got one more' };
  },
  (config) => {
    const depth = maxDepth(config);
    const over = config.widths.length - depth;
    if (over <= 0) return undefined;
    const most = { conv: `a convnet on these images has at most ${depth} layers`, mlp: `an MLP has at most ${depth} `
      + `layers`, resnet: `a residual network has at most ${depth} stages`, pointnet: `a PointNet has at most ${depth} layers in front of the maximum` };
    return { change: { widths: config.widths.slice(0, depth) }, note: `${most[config.network]}, so the last ${over} went` };
  },
  (config, asked) => {
    if (config.units !== 'relu') return undefined;
    const wanted = UNIT_METHODS.filter(({ key }) => config[key] > 0);
    const [first] = wanted;
    if (first === undefined) return undefined;
    if (asked.units === undefined && wanted.some(({ key }) => (asked[key] ?? 0) > 0)) return { change: { units: 'spiking' },
      note: `${first.why}, so the units are spiking again` };
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
    if (asked.surrogate !== undefined && asked.evolveSurrogate === undefined) return { change: { evolveSurrogate: false },
      note: `${why}, so the surrogate stays as it is` };
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
    const most = trainSamples(data);
    return most !== undefined && samples > most ? { change: { samples: most }, note: `there are only ${most} samples to train on` } : undefined;
  },
  ({ batch, data }) => {
    const most = trainSamples(data);
    return most !== undefined && batch > most ? { change: { batch: most }, note: `there are only ${most} samples to train on, so a batch is no `
      + `larger` } : undefined;
  },
  ({ samples, batch }) => {
    if (samples === 0 || samples >= batch) return undefined;
    return { change: { samples: batch }, note: 'a batch cannot be larger than all training samples, so there are as many as one batch takes' };
  },
];

/**
 * A config that can run, with a part of a sentence for each thing that had to be mended. `asked` is what was just changed;
 * `mends` says of each part which settings it is about.
 */
export function reconcile(config: SessionConfig, asked: Change = {}): { config: SessionConfig; notes: string[]; mends: readonly Mended[] } {
  const mends: Mended[] = [];
  let mended = config;
  for (const rule of RULES) {
    const found = rule(mended, asked);
    if (found === undefined) continue;
    mended = { ...mended, ...found.change };
    mends.push(found);
  }
  return { config: mended, notes: mends.map(({ note }) => note), mends };
}
