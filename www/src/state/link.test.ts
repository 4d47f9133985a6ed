/** State to link and back, without a browser. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatLink, parseLink } from './link';
import { DEFAULT_STATE, type AppState } from './settings';

test('the default state is the shortest link', () => {
  expect(formatLink(DEFAULT_STATE)).toBe('#v=1');
  expect(parseLink('')).toEqual({ state: DEFAULT_STATE, notes: [], bareOwn: false });
});

test('every setting survives the way through a link', () => {
  const state: AppState = {
    ...DEFAULT_STATE,
    view: 'compare',
    config: {
      data: 'digits', network: 'mlp', widths: [32, 17], batchNorm: false, spike: 'real', amplitude: 1.25, trainAmplitude: true,
      steps: 7, decay: 0.4, trainDecay: true, threshold: 0.75, reset: 'soft', resetGradient: 'detached', surrogate: 'rect', surrogateParameter: 0.8,
      optimiser: 'sgd', rate: 0.05, momentum: 0.8, schedule: 'constant', epochs: 9, batch: 20, seed: 4294967295,
      blocks: 2, units: 'spiking', gain: 0.5, samples: 300, twinEpochs: 6,
      weights: 'real', binaryEnds: true, trainFactor: true,
      contrast: 0.5, contrastWeights: 'dissimilar', contrastTemperature: 0.2, contrastMemory: 256,
      align: 2, alignThrough: 'own', alignTemperature: 20, lastActivation: 'relu',
      shortcut: 'evolving', shortcutWeight: 0.5, membraneNoise: 0.4, evaluationNoise: true, evaluationSteps: 6, loss: 'perStep',
      imLoss: 0.1, imForm: 'current', evolveSurrogate: false, surrogateEnd: 8,
      shift: 2, mirror: true, encoding: 'latency',
      points: 128, head: [32, 8], dropout: 0.3, inputTransform: true, featureTransform: true, turn: 90, scale: 0.1, jitter: 0.02, pointDropout: 0.5,
    },
    backend: 'flex',
    sample: 12,
    layer: 1,
    neuron: 5,
    lanes: [{ spike: 'binary', steps: 2 }, { spike: 'ternary', decay: 0.9, contrast: 2, evaluationSteps: 3 }],
    classifier: 'trained',
    paper: 'ternary',
    hide: ['seed', 'optimiser'],
  };
  for (const whole of [false, true]) expect(parseLink(formatLink(state, whole))).toEqual({ state, notes: [], bareOwn: false });
});

test('nonsense is clamped, ignored or refused with a sentence, never taken', () => {
  const { state, notes } = parseLink('#v=1&steps=99&rate=-3&batch=abc&data=cifar&seed=1.6&unknown=1&widths=0,5000&hide=<b>,seed');
  expect(state.config).toMatchObject({ steps: 32, rate: 0.00001, batch: 32, data: 'mnist', seed: 2, widths: [1, 1024] });
  expect(state.hide).toEqual(['seed']);
  expect(notes.join('\n')).toContain('"abc" is not a number');
  expect(notes.join('\n')).toContain('"cifar" is not one of');
  expect(notes).toContain('this page does not know what "unknown" in the link means');
  expect(notes).toContain('hide= names "<b>", which this page does not have');
  expect(parseLink('#%%%&=&&v=9&lanes=~~;:').state.config).toEqual(DEFAULT_STATE.config);
});

test('a link that names point clouds alone gets a PointNet, and what it names itself stays', () => {
  const { state, notes } = parseLink('#v=1&data=furniture&steps=3&head=8');
  expect(state.config).toMatchObject({ data: 'furniture', network: 'pointnet', widths: [32, 64, 128], head: [8], batch: 16, steps: 3, membraneNoise: 0.5 });
  expect(notes).toEqual([]);
  expect(parseLink(formatLink(state)).state).toEqual(state);
});

test('images and a PointNet are mended, whichever the link names', () => {
  expect(parseLink('#v=1&net=pointnet').state.config).toMatchObject({ network: 'pointnet', data: 'furniture' });
  const both = parseLink('#v=1&net=pointnet&data=digits');
  expect(both.state.config).toMatchObject({ network: 'conv', data: 'digits' });
  expect(both.notes.join()).toContain('a PointNet takes point clouds only');
  const other = parseLink('#v=1&net=mlp&data=furniture&widths=8');
  expect(other.state.config).toMatchObject({ network: 'pointnet', widths: [8, 64] });
  expect(other.notes).toHaveLength(2);
});

test('what cannot stand together is mended', () => {
  const { state, notes } = parseLink('#v=1&data=digits&widths=8,8,8,8,8,8&surrogate=steTernary');
  expect(state.config.widths).toEqual([8, 8, 8]);
  expect(state.config.surrogate).toBe('steWindow');
  expect(notes).toHaveLength(2);
});

test('a number that is mended twice is told of once, with what it became in the end', () => {
  const { state, notes } = parseLink('v=1&data=furniture&batch=1e99&points=1e99');
  expect(state.config.batch).toBe(244);
  expect(notes).toHaveLength(2);
  expect(notes).toContain('batch size "1e99" became 244, because there are only 244 samples to train on, so a batch is no larger');
});

test('a link of a newer page says so, names what is not known here, and is read as far as it is', () => {
  const { state, notes } = parseLink('#v=2&data=digits&wavelets=3&spline=%E2%80%AEevil%00&a=1&b=2');
  expect(state.config.data).toBe('digits');
  expect(notes).toEqual([
    'this link was made by a newer version of this page ("2", where this one reads 1): what it says was read as far as it is known here',
    'this page does not know what "wavelets", "spline", "a" and 1 more in the link mean',
  ]);
  expect(parseLink('#v=zwei').notes).toEqual(['the link says version "zwei" and was read as version 1']);
});

test('what somebody else wrote is quoted shortly, without letters that are not seen or turn a line round', () => {
  const { notes } = parseLink(`#v=1&${encodeURIComponent(`\u202Egood\u0007${'x'.repeat(99)}`)}=1&steps=1&steps=2`);
  expect(notes).toEqual([`this page does not know what "?good?${'x'.repeat(18)}..." in the link means`, 'the link says "steps" more than once, and '
    + 'the first counts']);
});

test('digits that an f32 does not have are no change', () => {
  const { state, notes } = parseLink('#v=1&rate=0.003000000026077032');
  expect([state.config.rate, notes]).toEqual([0.003, []]);
});

test('the neurons of other libraries are links that are taken as they stand', () => {
  const links = readFileSync(new URL('../../../docs/neurons.md', import.meta.url), 'utf8').match(/#v=1&[^`]+/gu) ?? [];
  expect(links.length).toBe(5);
  for (const link of links) {
    const { state, notes } = parseLink(link);
    expect(notes, link).toEqual([]);
    // What a link sets to what it is anyway goes.
    const said = new URLSearchParams(formatLink(state, true).slice(1));
    for (const [setting, value] of new URLSearchParams(link.slice(1))) expect(said.get(setting), `${link}: ${setting}`).toBe(value);
  }
});
