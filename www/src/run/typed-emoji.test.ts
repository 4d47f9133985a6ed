import { expect, test } from 'vitest';
import { emojiIn } from './typed-emoji';

test('the first emoji of a text is found whole, and what is none is none', () => {
  expect(emojiIn('what is 🦊, or 🚀?')).toBe('🦊');
  expect(emojiIn('👩🏽‍🚀 in space')).toBe('👩🏽‍🚀');
  expect(emojiIn('🇫🇷')).toBe('🇫🇷');
  expect(emojiIn('☂️')).toBe('☂️');
  for (const text of ['', 'fox', '7', '#', 'ü', '۷', '一']) expect(emojiIn(text)).toBeUndefined();
});
