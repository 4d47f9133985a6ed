/** Numbers as people type them. */
import { numberText } from '../../state/link';

/** What a person means by a text: a comma is a point, but between a whole number's thousands. */
export function numberOf(text: string, integer: boolean): number {
  const typed = text.replaceAll(/\s/g, '');
  if (typed === '') return Number.NaN;
  if (integer && /^[-+]?\d{1,3}(,\d{3})+$/.test(typed)) return Number(typed.replaceAll(',', ''));
  return Number(typed.includes('.') ? typed : typed.replace(',', '.'));
}

/** What becomes of a typed text: the value to take, and what to say where it is not what was typed. */
export function readNumber(text: string, field: { min: number; max: number; integer: boolean }, otherwise: number): { value: number; said: string } {
  const typed = numberOf(text, field.integer);
  if (Number.isNaN(typed)) return { value: otherwise, said: `That is not a number, so it stays ${numberText(otherwise)}.` };
  const value = Math.min(field.max, Math.max(field.min, field.integer && Number.isFinite(typed) ? Math.round(typed) : typed));
  const range = `It goes from ${numberText(field.min)} to ${numberText(field.max)}${field.integer ? ' in whole numbers' : ''}`;
  return { value, said: value === typed ? '' : `${range}, so it became ${numberText(value)}.` };
}
