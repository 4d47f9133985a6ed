import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Silence } from './silence';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

test('a long silence is told every second, and ends with a sign of life', () => {
  let told = 0;
  const silence = new Silence(() => { told += 1; });
  silence.begin();
  vi.advanceTimersByTime(9_000);
  expect([told, silence.words]).toEqual([0, '']);
  vi.advanceTimersByTime(3_000);
  expect(told).toBe(3);
  expect(silence.words).toContain('It has not answered for 12 seconds');
  silence.heard();
  expect(silence.words).toBe('');
  silence.end();
  vi.advanceTimersByTime(60_000);
  expect([told, silence.words]).toEqual([3, '']);
});
