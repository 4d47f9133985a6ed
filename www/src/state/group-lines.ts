/** What a group of settings comes to, in one line: "Adam, 0.003, cosine, 5 epochs, seed 1". */
import type { SessionConfig } from '../worker/protocol';
import type { Field, Group } from './field';
import { choiceWords, decides } from './fields';
import { counted } from './figures';
import { DEFAULT_CONFIG } from './core-settings';
import { numberText } from './number-text';

/** The first letter small: what stands inside a line. */
const small = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const LINES: Readonly<Record<Exclude<Group, 'methods'>, (config: SessionConfig) => readonly (string | false)[]>> = {
  data: (config) => [choiceWords('data', config), `batches of ${config.batch}`, config.encoding !== 'direct' && small(choiceWords('encoding', config)),
    config.samples > 0 && `${config.samples} samples`],
  network: (config) => [
    `${choiceWords('network', config)} ${config.widths.join('-')}`, config.units === 'relu' && 'rectified', config.batchNorm ? 'batch norm' : 'no norm',
  ],
  neuron: (config) => [
    choiceWords('spike', config), counted(config.steps, 'time step'), `decay ${config.trainDecay ? 'trained from ' : ''}${numberText(config.decay)}`,
    `${small(choiceWords('reset', config))} reset`,
  ],
  gradient: (config) => [choiceWords('surrogate', config), numberText(config.surrogateParameter), `${small(choiceWords('resetGradient', config))} reset`],
  learning: (config) => [
    choiceWords('optimiser', config), numberText(config.rate), small(choiceWords('schedule', config)), counted(config.epochs, 'epoch'), `seed ${config.seed}`,
  ],
};

export function groupLine(group: Exclude<Group, 'methods'>, config: SessionConfig): string {
  return LINES[group](config).filter((part) => part !== false).join(', ');
}

/** Whether a setting that decides something is another than in the first run. */
export function isChanged(field: Field, config: SessionConfig): boolean {
  return decides(field, config) && String(config[field.key]) !== String(DEFAULT_CONFIG[field.key]);
}
