/** Files that are dropped where nothing takes them: the browser would open them in the page's place, and what was trained would be gone. */
import type { App } from '../../app';
import { VIEW_WORDS } from './words';

const isOfFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') === true;

export function keepStrayFiles(app: App): void {
  const { store, notices } = app;
  // On the window, behind whatever on the page takes files.
  window.addEventListener('dragover', (event) => {
    if (isOfFiles(event)) event.preventDefault();
  });
  window.addEventListener('drop', (event) => {
    if (event.defaultPrevented || !isOfFiles(event)) return;
    event.preventDefault();
    const { label } = VIEW_WORDS.classify;
    const isThere = store.state.view === 'classify';
    const text = isThere ? `Nothing was taken: ${label} is still on its way. Bring the file again once it is here.`
      : `Nothing was taken: files get an answer in ${label}. To train on folders of them, choose “Your own…” under Data.`;
    const actions = isThere || app.framed || !app.shows('views') ? [] : [{ label: `Open ${label}`, run: () => { store.update({ view: 'classify' }); } }];
    notices.show({ name: 'stray', kind: 'info', text, actions });
  });
}
