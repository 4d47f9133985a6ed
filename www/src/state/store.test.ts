/** What becomes of the address that the page is opened with or led to. */
import { beforeEach, expect, test, vi } from 'vitest';
import { Store } from './store';

const address = { hash: '' };
let goes: (event: { state: unknown }) => void;

/** As a person enters an address, or Back leads to one. */
function enter(hash: string): void {
  address.hash = hash;
  goes({ state: null });
}

beforeEach(() => {
  const replaceState = (_mark: unknown, _title: string, hash?: string): void => { address.hash = hash ?? address.hash; };
  vi.stubGlobal('location', address);
  vi.stubGlobal('window', { history: { replaceState }, addEventListener: (_name: string, listener: typeof goes) => { goes = listener; } });
});

test.each(['#v=1&seed=7&nonsense=1', '#v=1&seed=7&steps=abc', '#v=1&seed=7&lanes=~~', '#v=1&seed=7&seed=8', '#v=1&seed=7&hide=nobody', '#seed=7&v=9'])(
  '%s gives way to what was taken of it', (hash) => {
    address.hash = hash;
    expect(new Store().notes).not.toEqual([]);
    expect(address.hash).toBe('#v=1&seed=7');
    enter(hash);
    expect(address.hash).toBe('#v=1&seed=7');
  });

test('a link that was taken as it stands stays, also where it says more than it has to', () => {
  address.hash = '#v=1&view=train&seed=7';
  expect(new Store().notes).toEqual([]);
  enter('#v=1&view=compare&epochs=6');
  expect(address.hash).toBe('#v=1&view=compare&epochs=6');
});
