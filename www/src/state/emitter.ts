/** Tells whoever listens that something has changed; what it is they hear, or look up. */
export class Emitter<News extends readonly unknown[] = []> {
  private readonly listeners = new Set<(...news: News) => void>();

  /** Calls back after every change until the returned function is called. */
  subscribe(listener: (...news: News) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(...news: News): void {
    for (const listener of [...this.listeners]) listener(...news);
  }
}
