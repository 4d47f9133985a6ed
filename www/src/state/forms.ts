/** What the samples of a data set are, and how many there are: what decides which networks and settings make sense. */
import type { DataFacts, DataForm, DataName, NetworkKind, SessionConfig, ShippedData } from '../worker/protocol';
import { SHIPPED } from './core-settings';

type OwnFacts = Pick<DataFacts, 'form' | 'train'> & Partial<Pick<DataFacts, 'convLayers'>>;

/** A person's own data set, while there is one: the page is told of it once it has been read. */
let own: OwnFacts | undefined;

export function learnOwn(facts: OwnFacts | undefined): void {
  own = facts;
}

/** Data sets that are not part of every copy of the page, and of this one. */
let served: readonly string[] = [];

export function learnServed(names: readonly string[]): void {
  served = names;
}

/** Whether this copy of the page has a data set. */
export function isOffered(data: ShippedData): boolean {
  return SHIPPED[data].bundled || served.includes(data);
}

function factsOf(data: DataName): OwnFacts | undefined {
  return data === 'own' ? own : SHIPPED[data];
}

/** Samples to train on, where that is known. */
export function trainSamples(data: DataName): number | undefined {
  return factsOf(data)?.train;
}

/** Layers of a convnet that halve the images of a data set; a person's own are as large as MNIST's where nothing else is known. */
export function convLayers(data: DataName): number {
  return factsOf(data)?.convLayers ?? SHIPPED.mnist.convLayers;
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
