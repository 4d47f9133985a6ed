/** How the report writes numbers and tables. */

const MIB = 1024 * 1024;

/** Milliseconds, to three digits or so. */
export function ms(value) {
  if (value < 1) return value.toFixed(3);
  return value < 10 ? value.toFixed(2) : value.toFixed(1);
}

export const times = (value) => `${value.toFixed(value < 10 ? 2 : 1)} ×`;
export const range = ({ median, min, max }) => `${ms(median)} (${ms(min)}–${ms(max)})`;
export const mib = (bytes) => (bytes / MIB).toFixed(2);
export const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** Bytes raw, and in brackets compressed. */
export const loadedSize = ({ raw, brotli }) => `${mib(raw)} (${mib(brotli)})`;

export function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A sentence for each runner that is missing. */
export const missingLines = (missing) => missing.map(({ called, reason }) => `\n${called} is left out: ${reason}.\n`).join('');
