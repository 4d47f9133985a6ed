/** What a trace of the browser says of the page. */

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the processor, which other programs on the machine do not lengthen. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/**
 * A task of so many milliseconds blocks the page. Twice what makes a task long, because a busy machine's caches lengthen tasks of 45 too;
 * `cargo xtask bench` counts the long ones.
 */
export const BLOCKING_MS = 100;

/** What has to be traced. */
export const CATEGORIES = ['toplevel', 'devtools.timeline', '__metadata'];

/** The longest task of any page's main thread in a trace, in milliseconds of the processor. */
export function longestTask(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const mains = new Set(traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(({ pid, tid }) =>
    `${pid}:${tid}`));
  const tasks = traceEvents.filter(({ name, pid, tid }) => name.endsWith('RunTask') && mains.has(`${pid}:${tid}`));
  return Math.max(0, ...tasks.map(({ tdur }) => (tdur ?? 0) / 1000));
}
