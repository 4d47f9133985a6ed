/** Rounds of steps, a part of them under the clock. */

import { gpuBytes, gpuPerStep, gpuTotal } from './gpu-counts.js';
import { wasmBytes } from './wasm-memory.js';

/** A step that takes longer is slow: a backend that stays slow is given up after so many of them. */
const SLOW_MS = 1000;
const SLOW_STEPS = 3;

const memory = async () => ({ wasm: wasmBytes(), gpu: await gpuBytes() });

/**
 * Steps outside the clock, whose answers come back, then steps under the clock.
 *
 * @param {() => number | Promise<number>} step
 * @param {{ warm: number, timed: number }} counts
 * @returns {Promise<{ answers: number[], ms: number, gaveUp: boolean, gpu: { dispatches: number, uploaded: number, read: number },
 *   memory: { wasm: number, gpu: number } }>} `ms` is milliseconds a step, `gpu` what one of those under the clock, or the last
 *   one of those given up, asked of WebGPU, `memory` the worker's bytes after all of them, before the work is let go
 */
export async function round(step, { warm, timed }) {
  const answers = [];
  const slow = [];
  for (let i = 0; i < warm; i++) {
    const before = gpuTotal();
    const start = performance.now();
    answers.push(await step());
    const ms = performance.now() - start;
    if (ms > SLOW_MS) slow.push(ms);
    if (slow.length === SLOW_STEPS) return { answers, ms: Math.min(...slow), gaveUp: true, gpu: gpuPerStep(before, 1), memory: await memory() };
  }
  const before = gpuTotal();
  const start = performance.now();
  for (let i = 0; i < timed; i++) await step();
  const ms = (performance.now() - start) / timed;
  return { answers, ms, gaveUp: false, gpu: gpuPerStep(before, timed), memory: await memory() };
}

/** A round of one work's steps, and its memory given back. */
export async function roundOf(work, step, counts) {
  try {
    return await round(step, counts);
  } finally {
    work.dispose();
  }
}
