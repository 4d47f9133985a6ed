/** An open tab after its page has been replaced on the server: what it has not fetched yet is gone, and a sentence says so. */
import type { Notices } from '../run/notices';
import { fieldOf } from '../state/untyped';
import { listen } from './heard';

/** Set by `build/deploy.ts`; the pages of `vite dev` have none. */
const BUILD = document.querySelector<HTMLMetaElement>('meta[name=build]')?.content ?? '';

/** Looks for a newer build whenever something is missing, and says so where there is one. */
export function watchForUpdate(base: string, notices: Notices): void {
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    if (await isOutdated(base)) {
      notices.show({
        name: 'update',
        kind: 'warning',
        text: 'Spikeground has been updated on its server since this tab was opened, and some of its files are no longer there. What runs goes on; '
          + 'the rest needs the new page.',
        actions: [{ label: 'Reload', run: () => { location.reload(); } }],
      });
    }
    looking = false;
  };
  listen(({ missing }) => {
    if (missing === true) void look();
  });
}

/** False where the server does not tell, as when there is no network. */
async function isOutdated(base: string): Promise<boolean> {
  if (!/^[0-9a-f]{8}$/.test(BUILD)) return false;
  try {
    const response = await fetch(new URL('build.json', base), { cache: 'no-store' });
    const build = fieldOf(await response.json(), 'build');
    return typeof build === 'string' && build !== BUILD;
  } catch {
    return false;
  }
}
