import { expect, test } from 'vitest';
import { longWords, stepTime } from './effort';

test('a long step is told of in seconds or minutes, a short one not at all', () => {
  expect([0, 4e9, 30e9, 1.2e11, 3.6e12].map(stepTime)).toEqual([undefined, undefined, 'up to 30 seconds', 'up to 2 minutes', 'up to 60 minutes']);
});

test('whoever waits hears why it may take long', () => {
  const said = longWords(20, 1.2e11);
  expect(said).toContain('The worker has been at work for 20 seconds without an answer. A training step of this network may take up to 2 minutes');
  expect(longWords(20, 0)).toContain('A large network may need that long');
});
