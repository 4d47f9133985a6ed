import type { RunView } from '../../store/place';

export const VIEW_LABELS: Record<RunView, string> = { train: 'Train', compare: 'Compare', papers: 'Papers' };
