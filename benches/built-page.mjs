/** The page as it has been built, in a context of its own. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './output.mjs';
import { serveBuilt } from './serve-built.mjs';

const VIEWPORT = { width: 1280, height: 900 };

/** Calls `work` with a context and the page's address; gives why not, where the page has not been built. */
export async function withBuiltPage({ browser, root }, work) {
  const folder = join(root, 'www/dist');
  if (!existsSync(join(folder, 'index.html')) || !existsSync(join(folder, 'pkg'))) {
    const reason = 'the page is not built; build it first with `cargo xtask build`';
    say(`Page: left out: ${reason}`);
    return { reason };
  }
  const server = await serveBuilt(folder);
  const context = await browser.newContext({ viewport: VIEWPORT });
  try {
    return await work(context, server.address);
  } finally {
    await context.close();
    server.close();
  }
}
