/**
 * LIF neurons in TensorFlow.js: binary spikes, hard reset, gradients through the reset. The time steps are separate
 * tensors, since stacking them would only add copies. The gradient is written out and `step` stands in for comparisons:
 * both save passes over the tensors, and a comparison on the wasm backend takes as long as five additions.
 */

import * as tf from '@tensorflow/tfjs-core';

const DECAY = 0.25;
const THRESHOLD = 0.5;
const SLOPE = 3;

/**
 * The surrogate: slope / (2 tanh(slope / 2)) sech²(slope (u - 1/2)) where 0 <= u <= 1. With the logistic function σ, sech² x
 * is 4 σ(2x) (1 - σ(2x)): a tenth of tanh's time on the wasm backend.
 */
export function surrogate({ u, above }, slope = SLOPE) {
  const height = slope / (2 * Math.tanh(slope / 2));
  const sigma = tf.sigmoid(tf.mul(above, 2 * slope));
  const bell = tf.sub(sigma, tf.square(sigma));
  const beyond = tf.abs(tf.sub(tf.clipByValue(u, 0, 1), u));
  return tf.mul(bell, tf.sub(tf.step(beyond, 1 + 4 * height), 1));
}

/**
 * A time step: the potential, how far it is above the threshold, what the reset and the decay leave of it as a factor,
 * and the spikes.
 */
function advance(current, last) {
  const u = last ? tf.add(tf.mul(last.u, last.left), current) : current;
  const above = tf.sub(u, THRESHOLD);
  return { u, above, left: tf.sub(tf.step(above, 1 + DECAY), 1), spikes: tf.step(above) };
}

/** The states of all time steps from the current of each. */
export function lif(currents) {
  const states = [];
  for (const current of currents) states.push(advance(current, states.at(-1)));
  return states;
}

/** The gradients of the currents from those of the spikes. */
export function lifGradients(states, gradients) {
  const given = [];
  for (let t = states.length - 1; t >= 0; t--) {
    const { u, left } = states[t];
    const next = given[t + 1];
    if (next === undefined) {
      given[t] = tf.mul(gradients[t], surrogate(states[t]));
    } else {
      const bySpike = tf.sub(gradients[t], tf.mul(tf.mul(next, DECAY), u));
      given[t] = tf.add(tf.mul(bySpike, surrogate(states[t])), tf.mul(next, left));
    }
  }
  return given;
}

export const sum = (tensors) => tensors.reduce((a, b) => tf.add(a, b));

/** The mean over time of the spikes. */
export const meanSpikes = (states) => tf.div(sum(states.map(({ spikes }) => spikes)), states.length);
