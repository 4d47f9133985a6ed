/** Stands in a view's place while the view's program is on its way, and says so where it does not come. */
import type { App, View } from '../../app';
import { h, say } from '../shared/element';
import { button } from '../shared/part';

/** What makes a view. */
export type Make = (app: App) => View;

/** `label` is the view's name; `load` fetches its program, with which `arrived` puts the view in place of this. */
export function createArriving(label: string, load: () => Promise<Make>, arrived: (make: Make) => void): View {
  const words = h('p', { role: 'status' });
  const fetch = async (): Promise<void> => {
    again.hidden = true;
    say(words, `The ${label} view is being fetched. If this sentence stays, a file has not arrived: reload the page.`);
    let make;
    try {
      make = await load();
    } catch {
      say(words, `The ${label} view could not be fetched: the server could not be reached, or a file of the view is not there or not whole.`);
      again.hidden = false;
      return;
    }
    arrived(make);
  };
  const again = button('Try again', {}, () => { void fetch(); });
  const element = h('div', { class: 'panel', 'data-test': 'arriving', tabindex: '-1' }, words, h('div', { class: 'toolbar' }, again));
  return { element, heart: element, show: () => { void fetch(); }, hide: () => undefined };
}
