/** Shapes that a person comes back to. */
import { expect, test } from 'vitest';
import { DEFAULT_CONFIG } from './core-settings';
import { Shapes } from './shapes';

test('a network that is chosen again has the shape that it was left with', () => {
  const shapes = new Shapes();
  const own = { ...DEFAULT_CONFIG, network: 'mlp', widths: [30, 20] } as const;
  expect(shapes.withOwn({ rate: 1 }, { ...own, widths: [30, 20] })).toEqual({ rate: 1 });
  expect(shapes.withOwn({ network: 'conv' }, { ...own, widths: [30, 20] })).toEqual({ network: 'conv' });
  const back = shapes.withOwn({ network: 'mlp' }, DEFAULT_CONFIG);
  expect(back).toEqual({ network: 'mlp', widths: [30, 20], blocks: own.blocks, head: own.head });
  // A recipe says itself what shape it has.
  expect(shapes.withOwn({ network: 'conv', widths: [4] }, { ...own, widths: [1] })).toMatchObject({ network: 'conv', widths: [4] });
});
