/** A field that leaves of the settings those whose name or explanation has what is typed in it. */
import { words } from '../../state/fields';
import type { SessionConfig } from '../../worker/protocol';
import { freshId, h } from '../shared/element';
import type { Placed } from './control';

/** What a setting is also called, here and elsewhere. */
const ALSO: Partial<Record<keyof SessionConfig, string>> = {
  decay: 'leak beta tau time constant', trainDecay: 'plif parametric learn_beta tau', threshold: 'v_th vth theta firing', rate: 'lr', batch: 'minibatch',
  steps: 'timesteps t simulation',
  surrogate: 'pseudo-derivative spike function', widths: 'hidden units neurons channels', optimiser: 'optimizer', epochs: 'passes', seed: 'random',
  resetGradient: 'detach', dropout: 'regularisation regularization', data: 'dataset',
};

export interface Finder {
  readonly element: HTMLElement;
  /** Whether something is looked for. */
  readonly active: boolean;
  /** Whether any of these texts has what is looked for; all have nothing. */
  has(texts: readonly string[]): boolean;
  finds(placed: Placed, config: SessionConfig): boolean;
}

export function createFinder(changed: () => void): Finder {
  const id = freshId('find');
  const box = h('input', { type: 'search', id, placeholder: 'Find a setting', autocomplete: 'off', 'data-test': 'find-setting' });
  box.addEventListener('input', changed);
  const wanted = (): string => box.value.trim().toLowerCase();
  const has = (texts: readonly string[]): boolean => texts.some((text) => text.toLowerCase().includes(wanted()));
  return {
    element: h('div', { class: 'finder' }, h('label', { for: id, class: 'visually-hidden', text: 'Find a setting' }), box),
    get active() { return wanted() !== ''; },
    has,
    finds: ({ field }, config) => {
      const choices = field.kind === 'choice' ? field.choices.flatMap(({ label, explain }) => [label, explain]) : [];
      return has([words(field.label, config), words(field.explain, config), field.param, ALSO[field.key] ?? '', ...choices]);
    },
  };
}
