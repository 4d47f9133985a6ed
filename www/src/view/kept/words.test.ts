import { expect, test } from 'vitest';
import { headOf } from '../../store/made';
import { calledWords } from './words';

test('a name out of a stranger\'s file turns nothing around it', () => {
  expect(calledWords(headOf('a', { name: 'mine' }))).toBe('mine');
  expect(calledWords(headOf('a', { name: 'gnp\u202eevas' }))).toBe('\u2068gnp\ufffdevas\u2069');
  expect(calledWords(headOf('a', {}))).toMatch(/^Train, step 100/);
});
