import { filesAndFolders } from '../../run/dropped-files';
import { shownName } from '../../state/names';

/** Why a folder gets no answer, behind its name. */
const FOLDER = 'is a folder, and one file at a time gets an answer here: drop a file that is in it. '
  + 'To train on a folder of classes, open Train, and choose “Your own…” under Data.';

/**
 * Files that are dropped or pasted anywhere on the page while the view listens: one dropped beside the view would replace the page.
 * `takeText` says whether it takes a text that is pasted.
 */
export function receiveFiles(
  element: HTMLElement, take: (files: readonly File[]) => void, takeText: (text: string) => boolean, refuse: (reason: string) => void,
): { listen(): void; stop(): void } {
  const over = (event: DragEvent): void => {
    event.preventDefault();
    element.classList.add('dropping');
  };
  const leave = (event: DragEvent): void => {
    if (event.relatedTarget === null) element.classList.remove('dropping');
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    element.classList.remove('dropping');
    const { files, folders } = event.dataTransfer === null ? { files: [], folders: [] } : filesAndFolders(event.dataTransfer);
    const [folder] = folders;
    if (files.length > 0) take(files);
    else if (folder !== undefined) refuse(`${shownName(folder)} ${FOLDER}`);
    else refuse('What was dropped is not a file. Save the picture or the shape first and drop the file, or copy and paste it.');
  };
  const paste = (event: ClipboardEvent): void => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    // What is pasted into a field is the field's.
    const text = event.target instanceof HTMLInputElement ? '' : event.clipboardData?.getData('text/plain') ?? '';
    if (pasted.length > 0) take(pasted);
    else if (!takeText(text)) return;
    event.preventDefault();
  };
  return {
    listen: () => {
      document.addEventListener('dragover', over);
      document.addEventListener('dragleave', leave);
      document.addEventListener('drop', drop);
      document.addEventListener('paste', paste);
    },
    stop: () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('drop', drop);
      document.removeEventListener('paste', paste);
    },
  };
}
