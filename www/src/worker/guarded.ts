/**
 * Starts the workers that read what strangers made. A worker takes its policy from its own response, which a plain server
 * sends without any; one that begins in a `blob:` inherits the page's, which is written into the page itself. Once such a
 * worker has its programs it gives away what could reach a network or a storage (`lock-down.ts`).
 */

const beginnings = new Map<string, string>();

/** `program` is the address of a module, from an import that ends in `?worker&url`. */
export function startGuarded(program: string, name: string): Worker {
  const address = new URL(program, location.href).href;
  let beginning = beginnings.get(address);
  if (beginning === undefined) {
    beginning = URL.createObjectURL(new Blob([`import ${JSON.stringify(address)};`], { type: 'text/javascript' }));
    beginnings.set(address, beginning);
  }
  return new Worker(beginning, { type: 'module', name });
}
