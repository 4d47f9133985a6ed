/** The shape that a person gave each network, for when they come back to it. */
import type { NetworkKind, SessionConfig } from '../worker/protocol';

type Shape = Pick<SessionConfig, 'widths' | 'blocks' | 'head'>;

export class Shapes {
  private readonly left = new Map<NetworkKind, Shape>();

  /** A change that leads to another network brings the shape that this had when it was left; the one that is left is kept. */
  withOwn(change: Partial<SessionConfig>, { network, widths, blocks, head }: SessionConfig): Partial<SessionConfig> {
    if (change.network === undefined || change.network === network) return change;
    this.left.set(network, { widths, blocks, head });
    return { ...this.left.get(change.network), ...change };
  }
}
