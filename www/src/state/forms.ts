/** What the samples of a data set are, and how many there are: what decides which networks and settings make sense. */
import type { DataFacts, DataForm, DataName, NetworkKind, SessionConfig, ShippedData } from '../worker/protocol';
import { SHIPPED } from './core-settings';
import { SIDES } from './image-form';

type OwnFacts = Pick<DataFacts, 'form' | 'train'> & Partial<Pick<DataFacts, 'convLayers'>>;

/** A person's own data set, while there is one: the page is told of it once it has been read. */
let own: OwnFacts | undefined;

export function learnOwn(facts: OwnFacts | undefined): void {
  own = facts;
}

/** Layers of a convnet that halve images of so many pixels a side until one is left: the core's own `most_conv_layers`. */
export function convLayersOf(side: number): number {
  return Math.floor(Math.log2(side));
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

/** Layers of a convnet that halve the images of a data set; of a person's own that are not known yet, as many as the largest of them take. */
export function convLayers(data: DataName): number {
  return factsOf(data)?.convLayers ?? convLayersOf(Math.max(...SIDES));
}

/** What the samples are; of a data set that has not been read yet, what the network takes. */
export function formOf({ data, network }: Pick<SessionConfig, 'data' | 'network'>): DataForm {
  return factsOf(data)?.form ?? networkForm(network);
}

/** Whether a network takes samples of a form: points are for a PointNet, which takes nothing else. */
export function takes(network: NetworkKind, form: DataForm): boolean {
  return (form === 'cloud') === (network === 'pointnet');
}

/** What a network takes, of the data that ship. */
export function networkForm(network: NetworkKind): 'image' | 'cloud' {
  return network === 'pointnet' ? 'cloud' : 'image';
}

/** One sample, as a word in a sentence. */
export const SAMPLE_WORDS: Record<DataForm, { readonly one: string; readonly many: string }> = {
  image: { one: 'image', many: 'images' },
  cloud: { one: 'cloud', many: 'clouds' },
  recording: { one: 'recording', many: 'recordings' },
};

/** What a person brings of each form, as a word in a sentence. */
export const BROUGHT_WORDS: Record<DataForm, string> = { image: 'image', cloud: 'shape', recording: 'recording' };
