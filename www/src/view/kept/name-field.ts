/** What an entry in the list of what is kept is called, to be typed over. */
import { html, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { MAX_NAME } from '../../state/names';
import type { KeptList } from './kept-list';

/** `what` tells a screen reader what has that name. */
export function nameField(list: KeptList, id: string, kept: string, what: string, rename: (name: string) => Promise<void>): TemplateResult {
  const name = list.typedOr(id, kept);
  const limit = name.length < MAX_NAME ? '' : `A name has ${MAX_NAME} characters at most; what is longer is cut off.`;
  const heard = (take: (typed: string) => void) => ({ currentTarget }: Event): void => {
    if (currentTarget instanceof HTMLInputElement) take(currentTarget.value);
  };
  return html`
    <input type="text" maxlength=${MAX_NAME} placeholder="No name yet" aria-label=${`Name of: ${what}`} .value=${live(name)} data-test="kept-name"
      @blur=${() => { list.endTyping(); }} @input=${heard((typed) => { list.type(id, typed); })}
      @change=${heard((typed) => { void rename(typed); })} />
    <p class="caption" role="status" data-test="kept-name-limit">${limit}</p>`;
}
