/** Held-out clouds, fetched in portions when they are to be seen: all of a large data set at once would fill a phone. */
import type { DataInfo } from '../worker/protocol';
import type { Desk } from './desk';

const PORTION = 32;
/** More than a page of the strip can be spread over. */
const MOST_PORTIONS = 64;

export class HeldOutClouds {
  private readonly portions = new Map<number, Float32Array>();
  private readonly asked = new Set<number>();

  /** `arrived` is called when clouds that were missing are there. */
  constructor(private readonly desk: Desk, private readonly data: DataInfo, private readonly arrived: () => void) {}

  /** The stored points of a sample, `[points * 3]`; undefined while they are on their way. */
  at(sample: number): Float32Array | undefined {
    const number = Math.floor(sample / PORTION);
    const portion = this.portions.get(number);
    if (portion === undefined) {
      void this.fetch(number);
      return undefined;
    }
    const size = 3 * this.data.points;
    return portion.subarray((sample % PORTION) * size, ((sample % PORTION) + 1) * size);
  }

  private async fetch(number: number): Promise<void> {
    if (this.asked.has(number)) return;
    this.asked.add(number);
    try {
      const from = number * PORTION;
      const { clouds } = await this.desk.heldOutClouds(this.data.name, from, Math.min(PORTION, this.data.heldOut - from));
      this.portions.set(number, clouds);
      const [oldest] = this.portions.keys();
      if (this.portions.size > MOST_PORTIONS && oldest !== undefined) this.portions.delete(oldest);
      this.arrived();
    } catch {
      // The run says what has happened to the worker; whoever looks again asks again.
    } finally {
      this.asked.delete(number);
    }
  }
}
