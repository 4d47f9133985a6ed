/** What the runner tells whoever started it. */

/** A failure that a sentence explains. */
export class Refusal extends Error {}

export function say(line) {
  process.stdout.write(`${line}\n`);
}
