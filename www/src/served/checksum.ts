/**
 * Tells one build's file from another's, byte after byte while it arrives. FNV-1a, because the browser's own digests want
 * the whole file at once and are missing on plain HTTP; it guards against accidents, not against an attacker.
 */
export class Checksum {
  private sum = 0x811c9dc5;

  add(bytes: Uint8Array): void {
    let { sum } = this;
    let at = 0;
    // `for…of` takes six times as long over the megabytes of a wasm file.
    while (at < bytes.length) {
      sum = Math.imul(sum ^ (bytes[at] ?? 0), 0x01000193);
      at += 1;
    }
    this.sum = sum;
  }

  /** Eight hexadecimal digits. */
  get text(): string {
    return (this.sum >>> 0).toString(16).padStart(8, '0');
  }
}
