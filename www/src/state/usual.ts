/** What goes with a setting that a person chooses: what made sense for the one that is left makes none for it. */
import type { DataForm, DataName, SessionConfig } from '../worker/protocol';
import { DEFAULT_CONFIG } from './core-settings';
import { SURROGATE_PARAMETER } from './fields';
import { formOf, takes, trainSamples } from './forms';
import { CLOUD_RUN } from './recipes';

type Change = Partial<SessionConfig>;

const USUAL_WIDTHS: Record<SessionConfig['network'],
  readonly number[]> = { conv: DEFAULT_CONFIG.widths, mlp: [256], resnet: [16, 32], pointnet: [32, 64, 128] };

/** Settings that a run on point clouds has of its own. */
const CLOUD_KEYS = Object.keys(CLOUD_RUN) as (keyof SessionConfig)[];

/** What goes with data of another form: a first run on clouds, or the first run on images again, which is that on recordings, too. */
export function usualOf(form: DataForm): Change {
  return form === 'cloud' ? CLOUD_RUN : Object.fromEntries(CLOUD_KEYS.map((key) => [key, DEFAULT_CONFIG[key]]));
}

/** Training steps that a small data set is given at the least. */
const LEAST_STEPS = 600;
const MOST_EPOCHS = 200;
const LEAST_BATCH = 4;
/** Batches in an epoch, where there are few samples. */
const FEW_BATCHES = 8;

/** Batch and epochs for a person's own data, of which there may be few; the usual ones again for others. */
function paceOf(data: DataName, before: DataName, form: DataForm): Change {
  const { batch = 0, epochs = 0 } = usualOf(form);
  const own = data === 'own' ? trainSamples(data) : undefined;
  if (own !== undefined) return { ...paceFor(own, form), samples: 0 };
  return before === 'own' ? { batch, epochs, samples: 0 } : {};
}

function paceFor(own: number, form: DataForm): Change {
  const { batch = 0, epochs = 0 } = usualOf(form);
  const size = Math.min(batch, Math.max(LEAST_BATCH, Math.floor(own / FEW_BATCHES)));
  return { batch: size, epochs: Math.min(MOST_EPOCHS, Math.max(epochs, Math.ceil((LEAST_STEPS * size) / own))) };
}

/** Batch and epochs for a person's own data; nothing as long as it is not known what they are. */
export function ownPace(): Change {
  const own = trainSamples('own');
  return own === undefined ? {} : paceFor(own, formOf({ data: 'own', network: 'conv' }));
}

/** The change with what goes with it, and a part of a sentence for what a person would not expect. */
export function withUsual(change: Change, config: SessionConfig): { change: Change; notes: string[] } {
  const { data, network, surrogate, weights, evolveSurrogate } = change;
  if (data !== undefined && network === undefined) {
    const form = formOf({ data, network: config.network });
    if (takes(config.network, form)) return { change: { ...paceOf(data, config.data, form), ...change }, notes: [] };
    const came = form === 'cloud'
      ? "point clouds are for a PointNet, so it came with settings of its own: small, and trained the paper's way"
      : 'a PointNet takes point clouds only, so a convnet came with settings of its own';
    return { change: { ...usualOf(form), ...paceOf(data, config.data, form), ...change }, notes: [came] };
  }
  if (network !== undefined && network !== config.network) {
    const clouds = network === 'pointnet';
    if (clouds === (formOf(config) === 'cloud')) return { change: { widths: [...USUAL_WIDTHS[network]], ...change }, notes: [] };
    const came = clouds
      ? 'a PointNet takes point clouds, so the furniture came with it'
      : 'point clouds are for a PointNet only, so the MNIST digits took their place';
    return { change: { ...usualOf(clouds ? 'cloud' : 'image'), data: clouds ? 'furniture' : 'mnist', widths: [...USUAL_WIDTHS[network]], ...change },
      notes: [came] };
  }
  if (surrogate !== undefined && surrogate !== config.surrogate) return { change: { surrogateParameter: SURROGATE_PARAMETER[surrogate].usual, ...change },
    notes: [] };
  if (weights === 'binary' && config.weights !== 'binary') {
    return { change: { ...change, spike: 'real', trainFactor: true }, notes: ['binary weights came with real-valued spikes and a trained factor, as '
      + 'in ReverB-SNN'] };
  }
  if (evolveSurrogate === true && config.surrogate !== 'esg') {
    return { change: { ...change, surrogate: 'esg', surrogateParameter: 1 }, notes: ['the evolving surrogate came with the tanh everywhere, from slope 1 on'] };
  }
  return { change, notes: [] };
}
