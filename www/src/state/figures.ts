/** Numbers as the page's sentences have them. */

/** A whole number with its thousands set apart. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-GB');
}

/** "1 step", "2 steps". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** Bytes as "1,234 MB". */
export function megabytes(bytes: number): string {
  return `${grouped(bytes / 1e6)} MB`;
}

/** "; 3 steps are lost", to end a sentence; nothing where none are. */
export function lossWords(steps: number): string {
  return steps <= 0 ? '' : `; ${counted(steps, 'step')} ${steps === 1 ? 'is' : 'are'} lost`;
}
