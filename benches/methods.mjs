/** The methods whose training step is timed: what each changes of the page's first run, and how it is called. */

export const METHODS = [
  { title: 'without any', changes: {} },
  { title: 'Ternary Spike, trained amplitude', changes: { spike: 'ternary', trainAmplitude: true } },
  { title: 'ReverB-SNN: real spikes, binary weights', changes: { spike: 'real', weights: 'binary', trainFactor: true } },
  { title: 'IM-Loss', changes: { imLoss: 0.1 } },
  { title: 'evolutionary surrogate', changes: { surrogate: 'esg', surrogateParameter: 1, evolveSurrogate: true } },
  { title: 'shortcut back-propagation', changes: { shortcut: 'evolving' } },
  { title: 'membrane noise', changes: { membraneNoise: 0.5 } },
  { title: 'trained at T = 1 with membrane noise', changes: { membraneNoise: 0.5, steps: 1 } },
  { title: 'EnOF-SNN: rectified output', changes: { lastActivation: 'relu' } },
  { title: 'EnOF-SNN: aligned feature', changes: { align: 1 } },
  { title: 'contrastive learning', changes: { contrast: 1 } },
];
