/** Files that are dropped or pasted anywhere on the page while the view listens: one dropped beside the view would replace the page. */

export function receiveFiles(element: HTMLElement, take: (files: readonly File[]) => void, refuse: (reason: string) => void): { listen(): void; stop(): void } {
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
    const dropped = [...(event.dataTransfer?.files ?? [])];
    if (dropped.length > 0) take(dropped);
    else refuse('What was dropped is not a file. Save the picture or the shape first and drop the file, or copy and paste it.');
  };
  const paste = (event: ClipboardEvent): void => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (pasted.length === 0) return;
    event.preventDefault();
    take(pasted);
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
