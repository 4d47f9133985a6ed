/** Small choices that a browser keeps for the next visit; one that keeps nothing keeps them until the page is closed. */

export function remembered(name: string): string | undefined {
  try {
    return localStorage.getItem(`spikeground.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`spikeground.${name}`, value);
  } catch {
    // Storage is blocked or full.
  }
}
