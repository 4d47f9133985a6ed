/** What is drawn at random, the same for the same seed: numbers, choices, and settings of all that the page allows. */
import { LIVE } from '../src/state/core-settings';
import type { Field } from '../src/state/field';
import { FIELDS } from '../src/state/fields';
import { changedAt, isLive, settingsAt } from '../src/state/live';
import { reconcile } from '../src/state/reconcile';
import { DEFAULT_CONFIG, RACED, type LaneChange } from '../src/state/settings';
import type { Run, SessionConfig } from '../src/worker/protocol';

/** Apart from each other, so that neighbours share nothing. */
const STRIDE = 1_000_003;

export class Draw {
  private state: number;

  /** What has been drawn under the same seed and number comes again. */
  constructor(seed: number, number: number) {
    this.state = (seed * STRIDE + number) >>> 0;
  }

  /** From 0 to 1 (mulberry32). */
  share(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  happens(chance: number): boolean {
    return this.share() < chance;
  }

  whole(low: number, high: number): number {
    return low + Math.floor(this.share() * (high - low + 1));
  }

  among<T>(values: readonly T[]): T {
    return values[this.whole(0, values.length - 1)] as T;
  }

  /** Settings that can run. */
  config(): SessionConfig {
    let config = DEFAULT_CONFIG;
    const first = FIELDS.filter(({ key }) => key === 'network' || key === 'data');
    for (const field of [...first, ...FIELDS.filter((field) => !first.includes(field))]) {
      config = { ...config, [field.key]: this.setting(field, config) };
      if (first.includes(field)) config = reconcile(config).config;
    }
    return reconcile(config).config;
  }

  /** That run, set otherwise on its way up to so many times, with up to so many steps before each; undefined where nothing that is possible came up. */
  changed(config: SessionConfig, most: number, steps: number): Run | undefined {
    let run: Run = config;
    let step = 0;
    for (let change = this.whole(1, most); change > 0; change -= 1) {
      step += this.whole(1, steps);
      const before = settingsAt(run, step);
      const asked = Object.fromEntries(FIELDS.filter(({ key }) => LIVE.has(key) && this.happens(0.1)).map((field) => [field.key, this.setting(field, before)]));
      const { config: possible } = reconcile({ ...before, ...asked });
      if (isLive(before, possible)) run = changedAt(run, step, possible);
    }
    return run.changes === undefined ? undefined : run;
  }

  /** What a lane of a race changes. */
  lane(config: SessionConfig): LaneChange {
    const raced = FIELDS.filter(({ key }) => key === 'spike' || RACED.includes(key));
    return Object.fromEntries(raced.filter(() => this.happens(0.1)).map((field) => [field.key, this.setting(field, config)]));
  }

  /** A setting, as likely as not the usual one. */
  setting(field: Field, config: SessionConfig): unknown {
    if (field.kind !== 'widths' && field.key !== 'network' && field.key !== 'data' && this.happens(0.5)) return config[field.key];
    switch (field.kind) {
      case 'toggle': return this.happens(0.5);
      // Neither data of one's own are there, nor photographs that may not be passed on.
      case 'choice': return this.among(field.choices.map(({ value }) => value).filter((value) => value !== 'own' && value !== 'cifar10'));
      case 'number': return this.number(field.min, field.max, field.step, field.integer);
      case 'widths': {
        const [least, most] = [field.least(config), field.most(config)];
        return Array.from({ length: this.whole(least, most) }, () => this.number(field.min, field.max, 1, true));
      }
    }
  }

  /** An end of the range, or a number between that is as likely small as large. */
  private number(low: number, high: number, step: number, integer: boolean): number {
    const kind = this.share();
    if (kind < 0.1) return low;
    if (kind < 0.2) return high;
    const start = Math.max(low, step);
    const value = kind < 0.7 ? start * (high / start) ** this.share() : low + this.share() * (high - low);
    return Math.min(high, Math.max(low, integer ? Math.round(value) : Number(value.toPrecision(4))));
  }
}
