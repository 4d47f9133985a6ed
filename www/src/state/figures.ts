/** Numbers as the page's sentences have them, in whatever language the browser and the system are. */

/** A whole number with its thousands set apart. */
export function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** "1 step", "2 steps". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** What is no larger than this decides nothing here, and is about 0 unless it is 0. */
export const LEAST = 1e-9;

/** A number of so many digits: "0.0123", "3.4e-7", "about 0". */
export function short(value: number, digits: number): string {
  return value !== 0 && Math.abs(value) <= LEAST ? 'about 0' : String(Number(value.toPrecision(digits)));
}

/** A number that may be very small: "0.012", "3.4e-7", "about 0". */
export function faint(value: number): string {
  const size = Math.abs(value);
  return size >= 0.001 || size <= LEAST ? short(value, 2) : value.toExponential(1);
}

/** Bytes as "1,234 MB". */
export function megabytes(bytes: number): string {
  return `${grouped(bytes / 1e6)} MB`;
}

/** "640 kB", "1.2 MB", "1,234 MB". */
export function bytesWords(bytes: number): string {
  const { figure, unit } = scaleOf(bytes);
  return `${figure(bytes)} ${unit}`;
}

/** "120 of 640 kB", "0.4 of 3.8 MB": the part in the unit of the whole. */
export function bytesOfWords(part: number, whole: number): string {
  const { figure, unit } = scaleOf(whole);
  return `${figure(part)} of ${figure(whole)} ${unit}`;
}

function scaleOf(bytes: number): { readonly figure: (bytes: number) => string; readonly unit: string } {
  if (bytes < 1e6) return { figure: (some) => grouped(Math.ceil(some / 1e3)), unit: 'kB' };
  return { figure: (some) => (bytes < 100e6 ? (some / 1e6).toFixed(1) : grouped(some / 1e6)), unit: 'MB' };
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
