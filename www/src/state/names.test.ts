import { expect, test } from 'vitest';
import { shownName, shownPath } from './names';

test('plain names are shown as they are', () => {
  expect(shownName('chair/1 é.off')).toBe('chair/1 é.off');
});

test('signs that turn text are replaced, and what runs from right to left is isolated', () => {
  expect(shownName('a\u202effo.exe\u2069\n')).toBe('\u2068a\ufffdffo.exe\ufffd\ufffd\u2069');
  expect(shownPath('כיסא/1.off')).toBe('\u2068כיסא\u2069/1.off');
});

test('of a long name the beginning and the end are shown', () => {
  const long = shownName(`${'a'.repeat(5000)}.off`);
  expect(long.length).toBe(122);
  expect(long).toMatch(/^\u2068a+…a+\.off\u2069$/);
});
