/**
 * LIF neurons in jax-js: binary spikes, hard reset, gradients through the reset. jax-js has no way to set a function's
 * gradient, so it is written out. Every function here runs while `jit` traces, and takes its arrays as its own.
 */

import { numpy as np } from '@jax-js/jax';

const DECAY = 0.25;
const THRESHOLD = 0.5;

/** Coefficients, the constant first, of the polynomial that goes through `f` at the Chebyshev nodes of [-1, 1]. */
function polynomial(f, degree) {
  const nodes = Array.from({ length: degree + 1 }, (_, i) => Math.cos(((2 * i + 1) * Math.PI) / (2 * degree + 2)));
  let previous = [1];
  let current = [0, 1];
  const coefficients = Array(degree + 1).fill(0);
  for (let k = 0; k <= degree; k++) {
    const total = nodes.reduce((sum, x) => sum + f(x) * Math.cos(k * Math.acos(x)), 0);
    const part = ((k === 0 ? 1 : 2) * total) / nodes.length;
    previous.forEach((value, power) => (coefficients[power] += part * value));
    const next = [0, ...current.map((value) => 2 * value)];
    previous.forEach((value, power) => (next[power] -= value));
    [previous, current] = [current, next];
  }
  return coefficients;
}

/**
 * The surrogate of a slope: slope / (2 tanh(slope / 2)) sech²(slope (u - 1/2)) where 0 <= u <= 1, as a polynomial of
 * w = 8 (u - 1/2)² - 1, which goes from -1 to 1. An exponential or a quotient would keep the whole kernel that it is fused
 * into from SIMD on the wasm backend. The degree is the one that makes it as exact as f32.
 */
export function surrogateOf(slope, degree) {
  const height = slope / (2 * Math.tanh(slope / 2));
  const factors = polynomial((w) => height / Math.cosh(slope * Math.sqrt((w + 1) / 8)) ** 2, degree);
  return (u) => {
    const above = u.ref.sub(THRESHOLD);
    const w = above.ref.mul(above).mul(8).sub(1);
    let bell = w.ref.mul(factors[degree]).add(factors[degree - 1]);
    for (let power = degree - 2; power >= 0; power--) bell = bell.mul(w.ref).add(factors[power]);
    w.dispose();
    return np.where(u.ref.less(0), 0, np.where(u.greater(1), 0, bell));
  };
}

const surrogate = surrogateOf(3, 10);

/** `x` where there is no spike. */
const unlessSpike = (u, x) => np.where(u.greater(THRESHOLD), 0, x);

/** The potentials of all time steps from the current of each. */
export function potentials(currents) {
  const us = [];
  for (const current of currents) {
    const last = us.at(-1);
    us.push(last === undefined ? current : unlessSpike(last.ref, last.ref).mul(DECAY).add(current));
  }
  return us;
}

export const spikes = (u) => np.where(u.greater(THRESHOLD), 1, 0).astype(np.float32);

/** The gradients of the currents from those of the spikes. */
export function currentGradients(us, gradients) {
  const given = [];
  for (let t = us.length - 1; t >= 0; t--) {
    const u = us[t];
    const next = given[t + 1];
    if (next === undefined) {
      given[t] = gradients[t].mul(surrogate(u));
    } else {
      const reset = next.ref.mul(DECAY);
      const bySpike = gradients[t].sub(reset.ref.mul(u.ref));
      given[t] = bySpike.mul(surrogate(u.ref)).add(unlessSpike(u, reset));
    }
  }
  return given;
}

export const sum = (arrays) => arrays.reduce((a, b) => a.add(b));

/** The mean over time of the spikes. */
export const meanSpikes = (us) => sum(us.map(spikes)).mul(1 / us.length);
