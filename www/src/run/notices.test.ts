/** What the page says at once. */
import { expect, test } from 'vitest';
import { Notices, type Notice } from './notices';

test('of what is only told the newest stay, and whatever is wrong stays until it is dismissed', () => {
  const notices = new Notices();
  let shown: readonly string[] = [];
  notices.subscribe((list) => { shown = list.map(({ name }) => name); });
  const say = (name: string, kind: Notice['kind']): void => { notices.show({ name, kind, text: name }); };
  say('broken', 'error');
  for (const name of ['one', 'two', 'three', 'four']) say(name, 'info');
  say('odd', 'warning');
  expect(shown).toEqual(['broken', 'three', 'four', 'odd']);
  say('three', 'info');
  expect(shown).toEqual(['broken', 'four', 'odd', 'three']);
});
