/** The papers' methods as switches: what each sets in a run, and whether a run uses it. */
import type { Paper, SessionConfig } from '../worker/protocol';
import { DEFAULT_CONFIG } from './core-settings';
import type { Field } from './field';
import { FIELDS, words } from './fields';
import { numberText } from './number-text';
import { reconcile } from './reconcile';

interface Method {
  isOn(config: SessionConfig): boolean;
  /** What switching it on sets: what the paper takes, or what shows most in small runs. */
  on(config: SessionConfig): Partial<SessionConfig>;
  /** What goes back to its default when it is switched off. */
  readonly keys: readonly (keyof SessionConfig)[];
}

export const METHODS: Record<Paper, Method> = {
  reverb: {
    isOn: ({ weights }) => weights === 'binary',
    on: () => ({ weights: 'binary', spike: 'real', trainFactor: true }),
    keys: ['weights', 'spike', 'trainFactor', 'binaryEnds'],
  },
  contrast: {
    isOn: ({ contrast }) => contrast > 0,
    on: () => ({ contrast: 1 }),
    keys: ['contrast', 'contrastWeights', 'contrastTemperature', 'contrastMemory'],
  },
  enof: {
    isOn: ({ align, lastActivation }) => align > 0 || lastActivation === 'relu',
    on: () => ({ align: 1, lastActivation: 'relu' }),
    keys: ['align', 'alignThrough', 'alignTemperature', 'lastActivation'],
  },
  shortcut: {
    isOn: ({ shortcut }) => shortcut !== 'off',
    on: () => ({ shortcut: 'evolving', shortcutWeight: 0.25 }),
    keys: ['shortcut', 'shortcutWeight'],
  },
  ternary: {
    isOn: ({ spike, trainAmplitude }) => spike === 'ternary' && trainAmplitude,
    on: () => ({ spike: 'ternary', trainAmplitude: true }),
    keys: ['spike', 'trainAmplitude'],
  },
  paradigm: {
    isOn: ({ membraneNoise }) => membraneNoise > 0,
    on: () => ({ steps: 1, evaluationSteps: 4, membraneNoise: 0.5, evaluationNoise: true }),
    keys: ['steps', 'evaluationSteps', 'membraneNoise', 'evaluationNoise', 'loss'],
  },
  imLoss: {
    isOn: ({ imLoss, evolveSurrogate }) => imLoss > 0 || evolveSurrogate,
    on: ({ batchNorm }) => ({ imLoss: batchNorm ? 0.1 : 2 }),
    keys: ['imLoss', 'imForm', 'evolveSurrogate', 'surrogateEnd'],
  },
};

/** What is left of methods that a change switches off: their settings that nothing else has changed, back at their defaults. */
function leftovers(change: Partial<SessionConfig>, before: SessionConfig): Partial<SessionConfig> {
  const after = reconcile({ ...before, ...change }, change).config;
  const ousted = Object.values(METHODS).filter((method) => method.isOn(before) && !method.isOn(after));
  const keys = ousted.flatMap((method) => method.keys).filter((key) => change[key] === undefined && after[key] === before[key]);
  return Object.fromEntries(keys.map((key) => [key, DEFAULT_CONFIG[key]]));
}

/** What switching a method on or off asks of a run. */
export function switched(paper: Paper, on: boolean, config: SessionConfig): Partial<SessionConfig> {
  const method = METHODS[paper];
  if (on) {
    const change = method.on(config);
    return { ...leftovers(change, config), ...change };
  }
  return Object.fromEntries(method.keys.map((key) => [key, DEFAULT_CONFIG[key]]));
}

function valueWords(field: Field, config: SessionConfig): string {
  switch (field.kind) {
    case 'choice': return field.choices.find((choice) => choice.value === config[field.key])?.label.toLowerCase() ?? config[field.key];
    case 'number': return field.switch !== undefined && config[field.key] === 0 ? 'off' : numberText(config[field.key]);
    case 'toggle': return config[field.key] ? 'on' : 'off';
    case 'widths': return config[field.key].join(', ');
  }
}

/** "spike kind: ternary (was binary)", one for each setting that differs. */
export function differences(before: SessionConfig, after: SessionConfig): string[] {
  return FIELDS.flatMap((field) => {
    const [was, is] = [valueWords(field, before), valueWords(field, after)];
    return was === is ? [] : [`${words(field.label, after).toLowerCase()}: ${is} (was ${was})`];
  });
}
