/** How much the browser keeps and would keep, and the asking that it keep it for good. */

export interface Room {
  /** Bytes that this page's storage takes, and those that it may; undefined where the browser does not say. */
  readonly used: number | undefined;
  readonly most: number | undefined;
  /** Whether the browser has promised not to clear it by itself. */
  readonly lasting: boolean;
}

export async function room(): Promise<Room> {
  const storage = storageManager();
  if (storage === undefined) return { used: undefined, most: undefined, lasting: false };
  const [{ usage, quota }, lasting] = await Promise.all([
    storage.estimate().catch((): StorageEstimate => ({})),
    storage.persisted().catch(() => false),
  ]);
  return { used: usage, most: quota, lasting };
}

/**
 * Asks that the storage be kept when the disk runs short. Called where a person has just kept something on purpose: some
 * browsers ask them in turn, and a question out of the blue is answered with no.
 */
export async function askToLast(): Promise<void> {
  const storage = storageManager();
  if (storage === undefined || (await storage.persisted().catch(() => true))) return;
  await storage.persist().catch(() => false);
}

/** Missing outside secure contexts. */
function storageManager(): StorageManager | undefined {
  return 'storage' in navigator ? navigator.storage : undefined;
}
