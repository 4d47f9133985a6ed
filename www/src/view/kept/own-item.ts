/** A data set of a person's own, in the list of what is kept. */
import { html, type TemplateResult } from 'lit-html';
import { bytesWords } from '../../state/figures';
import type { OwnRecord } from '../../store/own-records';
import { whenWords } from '../../store/words';
import { sizeWords } from '../own-data/own-control';
import { confirmed } from './confirmed';
import type { KeptList } from './kept-list';

export function ownItem(list: KeptList, set: OwnRecord, dialog: HTMLDialogElement): TemplateResult {
  const { summary, identity, usedAt, file } = set;
  const used = usedAt === 0 ? 'kept by an earlier version' : `used ${whenWords(usedAt)}`;
  const facts = [sizeWords(summary), used, bytesWords(file.size), ...(list.isInUse(set) ? ['in use'] : [])];
  return html`
    <li data-own=${identity}>
      <p>${summary.source}</p>
      <p class="caption figure">${facts.join(', ')}</p>
      <div class="toolbar" role="group" aria-label=${summary.source}>
        <button type="button" data-test="kept-use" @click=${() => { dialog.close(); void list.use(set); }}>Train on it</button>
        <button type="button" @click=${() => { list.saveOwn(set); }}>Save as a file</button>
        ${confirmed(list, `own ${identity}`, 'Delete…', 'Delete it for good?', () => list.deleteOwn(set))}
      </div>
    </li>`;
}
