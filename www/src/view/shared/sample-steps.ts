/** Which held-out sample is looked at, and the ways to those beside it. */
import type { App } from '../../app';
import { h, say } from './element';
import { button, type Part } from './part';

/** `count`: of held-out samples, once that is known. */
export function createSampleSteps({ store }: App, count: () => number | undefined): Part {
  const number = h('span', { class: 'caption figure', 'data-test': 'sample-number' });
  /** A link may name one that these data do not have: the last stands for it. */
  const shown = (): number => Math.min(store.state.sample, (count() ?? Infinity) - 1);
  const move = (by: number): void => {
    const all = count() ?? 0;
    if (all > 0) store.update({ sample: (shown() + by + all) % all }, 'replace');
  };
  const element = h('div', { class: 'toolbar sample-steps' },
    button('‹', { class: 'quiet', 'aria-label': 'The sample before', title: 'The sample before' }, () => { move(-1); }),
    number,
    button('›', { class: 'quiet', 'aria-label': 'The next sample', title: 'The next sample' }, () => { move(1); }));
  return { element, update: () => { say(number, `Sample ${shown()}`); } };
}
