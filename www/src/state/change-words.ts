/** What a run is set to otherwise on its way, in words. */
import type { Run, SessionConfig } from '../worker/protocol';
import type { Field } from './field';
import { choiceWords, FIELDS, words } from './fields';
import { grouped } from './figures';
import { settingsAt } from './live';
import { numberText } from './number-text';

function valueWords(field: Field, config: SessionConfig): string {
  switch (field.kind) {
    case 'choice': return choiceWords(field.key, config);
    case 'number': return numberText(config[field.key]);
    case 'toggle': return config[field.key] ? 'on' : 'off';
    case 'widths': return config[field.key].join('-');
  }
}

/** "step 120: learning rate 0.003 → 0.001, batch size 32 → 64", for each change that the run has come to. */
export function changeWords(run: Run, upTo: number): readonly string[] {
  return (run.changes ?? []).filter(({ step }) => step <= upTo).map(({ step, settings }) => {
    const [before, after] = [settingsAt(run, step - 1), settingsAt(run, step)];
    const changed = FIELDS.filter((field) => settings[field.key] !== undefined);
    const parts = changed.map((field) => `${words(field.label, after).toLowerCase()} ${valueWords(field, before)} → ${valueWords(field, after)}`);
    return `step ${grouped(step)}: ${parts.join(', ')}`;
  });
}
