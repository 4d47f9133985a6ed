/** What a screen reader is told while nothing has the focus that would say it: that a run began, ended or stopped, and not each of its steps. */
import { h, say } from './element';

const place = h('p', { class: 'visually-hidden', role: 'status', 'data-test': 'announced' });

/** Stands in the page once; a region that is made only when there is something to say is not read out. */
export function announcementPlace(): HTMLElement {
  return place;
}

export function announce(sentence: string): void {
  say(place, sentence);
}
