/** What a control of a setting is to those who place it. */
import type { Field } from '../../state/field';
import type { SessionConfig } from '../../worker/protocol';

export interface Control {
  readonly element: HTMLElement;
  show(config: SessionConfig): void;
}

/** What a control calls with the settings that a person has changed. */
export type Commit = (change: Partial<SessionConfig>) => void;

/** The control of a setting, where a person finds it. */
export interface Placed {
  readonly field: Field;
  readonly control: Control;
}
