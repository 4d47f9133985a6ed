import { describe, expect, it } from 'vitest';
import { numberOf, readNumber } from './typed-number';

describe('a typed number', () => {
  const MEANT: readonly (readonly [string, number])[] = [
    ['0,01', 0.01], ['0.01', 0.01], [' 1e-3 ', 0.001], ['-2,5', -2.5], ['1 000', 1000], ['1,000', 1],
  ];
  it.each(MEANT)('reads %j as a person of any country means it', (text, value) => {
    expect(numberOf(text, false)).toBe(value);
  });

  it.each([['1,000', 1000], ['12,345,678', 12_345_678], ['2,5', 2.5]])('reads %j where things are counted', (text, value) => {
    expect(numberOf(text, true)).toBe(value);
  });

  it.each(['', ' ', 'one', '1,2,3', '1.2.3', '0,5.'])('is none in %j', (text) => {
    expect(numberOf(text, false)).toBeNaN();
  });

  it('says what became of one that is not taken as it is', () => {
    const field = { min: 1, max: 16, integer: true };
    expect(readNumber('2,5', field, 4)).toEqual({ value: 3, said: 'It goes from 1 to 16 in whole numbers, so it became 3.' });
    expect(readNumber('four', field, 4)).toEqual({ value: 4, said: 'That is not a number, so it stays 4.' });
    expect(readNumber('8', field, 4)).toEqual({ value: 8, said: '' });
  });
});
