/** What a neuron says to the classes: how much higher the logit of each is than if the neuron were silent. */

/** So many of the classes that it says most to are shown. */
const MOST = 5;
/** Beside the strongest what is weaker than this share of it is no more than a murmur. */
const LEAST_SHARE = 0.15;
/** Less than this no answer changes for. */
const NOTHING = 0.005;

export interface Said {
  readonly class: number;
  /** In logits: over 0 it speaks for the class, under 0 against it. */
  readonly value: number;
}

/** What is worth showing, the strongest first. */
export function strongestSaid(values: ArrayLike<number>): readonly Said[] {
  const all = Array.from(values, (value, i) => ({ class: i, value })).sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
  const least = Math.max(NOTHING, LEAST_SHARE * Math.abs(all[0]?.value ?? 0));
  return all.slice(0, MOST).filter(({ value }) => Math.abs(value) >= least);
}

/** "speaks for 3 (+0.82), against 8 (-0.50)" */
export function saidWords(values: ArrayLike<number>, classes: readonly string[]): string {
  const said = strongestSaid(values);
  const part = (word: string, of: readonly Said[]): string => {
    const figures = of.map((one) => `${classes[one.class] ?? ''} (${one.value > 0 ? '+' : ''}${one.value.toFixed(2)})`);
    return figures.length === 0 ? '' : `${word} ${figures.join(', ')}`;
  };
  const parts = [part('for', said.filter(({ value }) => value > 0)), part('against', said.filter(({ value }) => value < 0))].filter((words) => words !== '');
  return parts.length === 0 ? 'says nothing to the classes here' : `speaks ${parts.join(', ')}`;
}
