/** What a setting is to the page: a choice, a number, a switch or a row of widths. */
import type { Paper, SessionConfig } from '../worker/protocol';

export type Group = 'data' | 'network' | 'neuron' | 'gradient' | 'learning' | 'methods';

type KeysOf<Kind> = { [K in keyof SessionConfig]: SessionConfig[K] extends Kind ? K : never }[keyof SessionConfig];

interface Common {
  /** The word in a link, and the name by which `hide=` hides the control. */
  readonly param: string;
  readonly group: Group;
  /** Whose method it is part of. */
  readonly paper?: Paper;
  readonly label: string | ((config: SessionConfig) => string);
  readonly explain: string | ((config: SessionConfig) => string);
  /** Missing: always. A control that decides nothing in the present run is not shown. */
  readonly shown?: (config: SessionConfig) => boolean;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
  /** Replaces the field's explanation while it is chosen. */
  readonly explain: string;
  /** Missing: always. */
  readonly possible?: (config: SessionConfig) => boolean;
}

export interface ChoiceField extends Common {
  readonly kind: 'choice';
  readonly key: Exclude<KeysOf<string>, never>;
  readonly choices: readonly Choice[];
}

export interface NumberField extends Common {
  readonly kind: 'number';
  readonly key: KeysOf<number>;
  readonly min: number;
  readonly max: number;
  /** The slider's range, where the whole range would make it useless. */
  readonly slide?: readonly [number, number];
  readonly step: number;
  readonly integer: boolean;
  /** A slider whose equal distances are equal factors. */
  readonly logarithmic?: boolean;
  /** Where 0 means off: what the number is called beside the switch, and what switching it on sets. */
  readonly switch?: { readonly label: string; readonly on: (config: SessionConfig) => Partial<SessionConfig> };
}

export interface ToggleField extends Common {
  readonly kind: 'toggle';
  readonly key: KeysOf<boolean>;
}

export interface WidthsField extends Common {
  readonly kind: 'widths';
  readonly key: 'widths' | 'head';
  readonly min: number;
  readonly max: number;
  /** How many there are at most, and at the least. */
  readonly most: (config: SessionConfig) => number;
  readonly least: (config: SessionConfig) => number;
}

export type Field = ChoiceField | NumberField | ToggleField | WidthsField;

type WithoutRange<F> = F extends NumberField | WidthsField ? Omit<F, 'min' | 'max' | 'integer'> : F;
/** A field as it is written down here: the core says what its numbers may be. */
export type FieldWords = WithoutRange<Field>;
