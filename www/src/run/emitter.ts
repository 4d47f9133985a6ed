/** Tells whoever listens that something has changed; what it is they look up. */
export class Emitter {
  private readonly listeners = new Set<() => void>();

  /** Calls back after every change until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
