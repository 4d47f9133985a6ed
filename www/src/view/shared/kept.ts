/** Drawings for the members of a list, and the looking whether anything has changed that they show. */

interface LetsGo {
  /** Called once, when what it stands for has gone. */
  letGo(): void;
}

/** One thing a key, made when its key first comes, kept while the key stays, and let go when it goes. */
export class Kept<Thing extends LetsGo> {
  private things = new Map<string, Thing>();

  constructor(private readonly make: (key: string, place: number) => Thing) {}

  /** The things of these keys, which have to differ from each other, in order. */
  of(keys: readonly string[]): readonly Thing[] {
    const before = this.things;
    this.things = new Map(keys.map((key, place) => [key, before.get(key) ?? this.make(key, place)]));
    for (const [key, thing] of before) {
      if (!this.things.has(key)) thing.letGo();
    }
    return [...this.things.values()];
  }
}

/** Tells whether any value is another than at the call before: what is drawn on a canvas costs more than the looking. */
export function changes(): (...values: readonly unknown[]) => boolean {
  let before: readonly unknown[] | undefined;
  return (...values) => {
    const same = before?.length === values.length && values.every((value, i) => Object.is(value, before?.[i]));
    before = values;
    return !same;
  };
}

/** Keys for the layers of a network: another shape is another drawing. */
export function layerKeys(layers: readonly { readonly name: string; readonly shape: readonly number[] }[]): readonly string[] {
  return layers.map(({ name, shape }, place) => `${place} ${name} ${shape.join('x')}`);
}
