/** Settings of runs on a person's own recordings of events. */
import { afterEach, expect, test } from 'vitest';
import { DEFAULT_CONFIG } from './core-settings';
import { FIELDS } from './fields';
import { convLayersOf, learnOwn } from './forms';
import { maxDepth, reconcile } from './reconcile';
import { withUsual } from './usual';

afterEach(() => { learnOwn(undefined); });

test('a run on recordings takes no PointNet, no encoding, and no variation of images', () => {
  learnOwn({ form: 'recording', train: 400, convLayers: convLayersOf(34) });
  const own = { ...DEFAULT_CONFIG, data: 'own' } as const;
  expect(reconcile({ ...own, network: 'pointnet' }, { data: 'own' }).config.network).toBe('conv');
  const { config, notes } = reconcile({ ...own, encoding: 'rate' });
  expect([config.encoding, ...notes]).toEqual(['direct', 'a recording is of events already, so it flows in directly']);
  const hidden = FIELDS.filter(({ shown }) => shown?.(own) === false).map(({ key }) => key);
  expect(hidden).toEqual(expect.arrayContaining(['encoding', 'shift', 'mirror', 'points']));
  expect(maxDepth({ ...own, network: 'conv' })).toBe(5);
  expect(withUsual({ data: 'own' }, DEFAULT_CONFIG).notes).toEqual([]);
});
