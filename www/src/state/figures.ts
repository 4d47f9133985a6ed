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

/** What was said, as a sentence: with a capital and a full stop. The core's refusals begin with the name of a setting. */
export function sentence(said: string): string {
  const text = said.trim();
  const ended = text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}

/** What an error has to say, as a sentence. */
export function errorSentence(error: unknown): string {
  return sentence(error instanceof Error ? error.message : String(error));
}
