/** Hands a person a file. */
import { h } from './element';

/** The last download's address. It has to outlive the click, for how long no browser says. */
let offered = '';

export function download(name: string, blob: Blob): void {
  URL.revokeObjectURL(offered);
  offered = URL.createObjectURL(blob);
  h('a', { href: offered, download: `spikeground-${name}` }).click();
}
