/** A data set of a person's own, in the list of what is kept. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { bytesWords } from '../../state/figures';
import { shownName } from '../../state/names';
import type { OwnRecord } from '../../store/own-records';
import { whenWords } from '../../store/words';
import { sizeWords } from '../own-data/own-control';
import { confirmed } from './confirmed';
import type { KeptList } from './kept-list';
import { nameField } from './name-field';

export function ownItem(list: KeptList, set: OwnRecord, dialog: HTMLDialogElement): TemplateResult {
  const { name, summary, identity, usedAt, file } = set;
  const key = `own ${identity}`;
  const used = usedAt === 0 ? 'kept by an earlier version' : `used ${whenWords(usedAt)}`;
  const size = sizeWords(summary);
  const facts = [size, used, bytesWords(file.size), ...(list.isInUse(set) ? ['in use'] : [])];
  const source = shownName(summary.source);
  // One that an earlier version kept has nothing yet that a name could be kept by.
  const named = identity === '' ? nothing : nameField(list, key, name, `${source}, ${size}`, (typed) => list.renameOwn(set, typed));
  return html`
    <li data-own=${identity}>
      ${named}
      <p>Read from <bdi>${source}</bdi></p>
      <p class="caption figure">${facts.join(', ')}</p>
      <div class="toolbar" role="group" aria-label=${name === '' ? source : shownName(name)}>
        <button type="button" data-test="kept-use" @click=${() => { dialog.close(); void list.use(set); }}>Train on it</button>
        <button type="button" data-test="kept-save" @click=${() => { list.saveOwn(set); }}>Save as a file</button>
        ${confirmed(list, key, 'Delete…', 'Delete it for good?', () => list.deleteOwn(set))}
      </div>
    </li>`;
}
