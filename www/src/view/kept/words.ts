import { shownName } from '../../state/names';
import type { RunView } from '../../store/place';
import type { RunHead } from '../../store/records';
import { progressWords } from '../../store/words';

export const VIEW_LABELS: Record<RunView, string> = { train: 'Train', compare: 'Compare', papers: 'Papers' };

/** What a run is called: by its name, which a stranger may have given it, or by what it is. */
export function calledWords(head: RunHead): string {
  return head.name === '' ? `${VIEW_LABELS[head.view]}, ${progressWords(head)}` : shownName(head.name);
}
