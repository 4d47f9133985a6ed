/** Why a worker ended, in words that fit behind "because": what a browser or a panic says of it is for the console. */

/** What engines say where an allocation failed, and what our own allocator throws. */
const OUT_OF_MEMORY = /out of memory|allocation (?:failed|size overflow)|could not allocate|cannot allocate/i;

export function faultOf(message: string): string {
  if (message === '') return 'its program could not be loaded';
  return OUT_OF_MEMORY.test(message) ? 'it ran out of memory' : 'it met a fault in its own program';
}

/** Whether an error leaves the wasm in the middle of what it did: nothing in it can be trusted after that. */
export function isFatal(error: unknown): error is Error {
  return error instanceof Error && (error.name === 'RuntimeError' || OUT_OF_MEMORY.test(error.message));
}
