/** What comes from outside of the program, which has a type only once it has been looked at. */

/** What stands under a name in it; undefined where it is nothing that has names. */
export function fieldOf(given: unknown, name: string): unknown {
  return typeof given === 'object' && given !== null ? Reflect.get(given, name) : undefined;
}

/** The texts in it, where it is a list. */
export function textsIn(given: unknown): string[] {
  return Array.isArray(given) ? given.filter((one): one is string => typeof one === 'string') : [];
}
