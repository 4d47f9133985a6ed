import { expect, test } from 'vitest';
import { FAULTS, faultOf, isFatal } from './fault';

test('a worker that ended is told of in plain words, and want of memory from a fault', () => {
  const faults = ['Uncaught RuntimeError: unreachable', 'memory access out of bounds'];
  for (const message of faults) expect(faultOf(message)).toBe(FAULTS.program);
  const wants = ['Uncaught Error: out of memory', 'WebAssembly.Memory.grow(): could not allocate memory'];
  for (const message of wants) expect(faultOf(message)).toBe(FAULTS.memory);
  for (const message of ['', "Uncaught SyntaxError: Unexpected token '<'"]) expect(faultOf(message)).toBe(FAULTS.loading);
});

test('a trap and want of memory end a worker, what the core says does not', () => {
  const trap = Object.assign(new Error('unreachable'), { name: 'RuntimeError' });
  expect([trap, new Error('out of memory')].map(isFatal)).toEqual([true, true]);
  expect([new Error('batch is 0: it must be from 1 to 512'), 'no error'].map(isFatal)).toEqual([false, false]);
});
