/** What a data set is known by. */
import type { DataInfo } from '../worker/protocol';

/** A hash of its content, where the core gives one. */
export function identityOf(info: DataInfo): string {
  return 'identity' in info && typeof info.identity === 'string' ? info.identity : info.name;
}
