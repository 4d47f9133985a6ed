import type { RunView } from '../../store/place';

export const VIEW_LABELS: Record<RunView, string> = { train: 'Train', compare: 'Compare', papers: 'Papers' };

/** "0.6 MB": of a few bytes as well as of hundreds of millions. */
export function sizeWords(bytes: number): string {
  return bytes < 10e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.round(bytes / 1e6).toLocaleString('en-GB')} MB`;
}
