/** The experiments as they were run natively, at a larger budget, before the page was built. */
import type { Paper } from '../worker/protocol';
import type { Reproduction } from './summary';

/** Empty where the page was built without them. Asking a server for a file that may be missing would leave an error in the console. */
const files = import.meta.glob<readonly Reproduction[]>('../../data/reproduction.json', { import: 'default' });

let asked: Promise<readonly Reproduction[]> | undefined;

/** What a paper's experiment came to; undefined where nothing ships for it. */
export async function reproductionOf(paper: Paper): Promise<Reproduction | undefined> {
  const [load] = Object.values(files);
  asked ??= (load === undefined ? Promise.resolve([]) : load()).catch((error: unknown) => {
    // Asked for again by whoever wants it next.
    asked = undefined;
    throw error;
  });
  return (await asked).find((shown) => shown.paper === paper);
}
