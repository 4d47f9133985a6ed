/** What the samples of a data set are, and how many there are: what decides which networks and settings make sense. */
import type { DataForm, DataName, NetworkKind, SessionConfig } from '../worker/protocol';

interface DataFacts {
  readonly form: DataForm;
  /** Samples to train on. */
  readonly train: number;
}

const SHIPPED: Record<Exclude<DataName, 'own'>, DataFacts> = {
  mnist: { form: 'image', train: 8000 },
  fashion: { form: 'image', train: 5000 },
  digits: { form: 'image', train: 1297 },
  furniture: { form: 'cloud', train: 244 },
};

/** A person's own data set, while there is one: the page is told of it once it has been read. */
let own: DataFacts | undefined;

export function learnOwn(facts: DataFacts | undefined): void {
  own = facts;
}

function factsOf(data: DataName): DataFacts | undefined {
  return data === 'own' ? own : SHIPPED[data];
}

/** Samples to train on, where that is known. */
export function trainSamples(data: DataName): number | undefined {
  return factsOf(data)?.train;
}

/** What the samples are; of a data set that has not been read yet, what the network takes. */
export function formOf({ data, network }: Pick<SessionConfig, 'data' | 'network'>): DataForm {
  return factsOf(data)?.form ?? networkForm(network);
}

/** What a network takes. */
export function networkForm(network: NetworkKind): DataForm {
  return network === 'pointnet' ? 'cloud' : 'image';
}

/** One sample, as a word in a sentence. */
export const SAMPLE_WORDS: Record<DataForm, { readonly one: string; readonly many: string }> = {
  image: { one: 'image', many: 'images' },
  cloud: { one: 'cloud', many: 'clouds' },
};
