import { expect, test } from 'vitest';
import { givenName, MAX_NAME, shownName, shownPath } from './names';

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

test('a name that is given loses the spaces around it and what is too much, and no half of a sign stays', () => {
  expect(givenName('  my cats \n')).toBe('my cats');
  expect(givenName('   ')).toBe('');
  expect(givenName('a'.repeat(500))).toHaveLength(MAX_NAME);
  expect(Array.from(givenName('🐈'.repeat(500)))).toEqual(Array.from({ length: MAX_NAME }, () => '🐈'));
  expect(givenName(`${'a'.repeat(MAX_NAME - 1)} b`)).toBe('a'.repeat(MAX_NAME - 1));
});
