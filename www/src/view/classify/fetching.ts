/** What is on its way to the Classify view, in a line at the end of what is brought: nothing above it moves. */
import type { Desk } from '../../run/desk';
import { h, say } from '../shared/element';
import { fetchingWords } from '../shared/message';

export function fetchingLine(desk: Desk): HTMLElement {
  const element = h('p', { class: 'caption figure', 'data-test': 'fetching', hidden: true });
  desk.listen({
    progress: (progress) => {
      element.hidden = progress === undefined;
      if (progress === undefined) return;
      const { words, figures } = fetchingWords(progress);
      say(element, `${words} ${figures}.`);
    },
  });
  return element;
}
