/** A plain server of the built page, which can be as odd, slow and faulty as the servers that people have. */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

export const DIST = fileURLToPath(new URL('../dist/', import.meta.url));

/** What browsers insist on: a page may be guessed, a program may not. */
const NEEDED: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

/** What becomes of a file: not there; half of it, then the line breaks; a start, then silence; half of it, then the rest in pieces, with pauses; what
 * another file holds. */
export type Fault = 'missing' | 'cut' | 'stuck' | { readonly pauses: number } | { readonly like: RegExp };

export interface Options {
  /** The folder on the server. */
  readonly prefix?: string;
  /** Types by extension; without one a file is sent without any. */
  readonly types?: Readonly<Record<string, string>>;
  /** Packs everything on the way, or calls `.gz` an encoding, as some servers do. */
  readonly encoding?: 'gzip' | 'gz-is-an-encoding';
  /** All connections together, a second. */
  readonly bytesPerSecond?: number;
  /** Each file comes over a line of its own, as from `python3 -m http.server`: one such time to open it, and one to ask. */
  readonly roundTripMs?: number;
  /** Put in front of the programs of workers. */
  readonly inWorkers?: string;
}

/** Of a page or a worker whose time passes ten times as fast: what it waits 15 seconds for is over after one and a half. */
export const HURRY = `{
  const [now, day, wait, tick] = [performance.now.bind(performance), Date.now, setTimeout, setInterval];
  performance.now = () => 10 * now();
  const begun = day();
  Date.now = () => begun + 10 * (day() - begun);
  globalThis.setTimeout = (work, ms = 0, ...rest) => wait(work, ms / 10, ...rest);
  globalThis.setInterval = (work, ms = 0, ...rest) => tick(work, ms / 10, ...rest);
}
`;

const PIECE = 4096;
/** One second of a page in a hurry. */
const PAUSE_MS = 100;
const WORKER = /^assets\/[\w-]*worker-[^/]*\.js$/;

export class Served {
  /** By what the path matches; the first one counts. */
  readonly faults = new Map<RegExp, Fault>();
  /** Paths in the order they were asked for. */
  readonly asked: string[] = [];
  /** Another folder takes the place of the first, as on a new deploy. */
  folder = DIST;
  /** Of the folder that holds the page; a name, because browsers keep pages for later on localhost alone. */
  address = '';
  /** What has been kept back of files that are stuck. */
  private kept: (() => void)[] = [];
  private readonly bytes = new Map<string, number>();
  private readonly server = createServer((request, response) => { void this.answer(request, response); });
  /** When the line will have sent all that it has been given. */
  private free = 0;
  private sending = 0;

  private constructor(private readonly options: Options) {}

  static async start(options: Options = {}): Promise<Served> {
    const served = new Served(options);
    await new Promise<void>((resolve) => { served.server.listen(0, '127.0.0.1', resolve); });
    served.address = `http://localhost:${(served.server.address() as AddressInfo).port}${options.prefix ?? '/'}`;
    return served;
  }

  /** How often what matches has been asked for. */
  times(pattern: RegExp): number {
    return this.asked.filter((path) => pattern.test(path)).length;
  }

  /** Bytes that have been sent of what matches. */
  sent(pattern: RegExp): number {
    return [...this.bytes].reduce((sum, [path, bytes]) => sum + (pattern.test(path) ? bytes : 0), 0);
  }

  /** How many files are stuck. */
  get stuck(): number {
    return this.kept.length;
  }

  /** Nothing is wrong any more; what was stuck goes on. */
  mend(): void {
    this.faults.clear();
    for (const send of this.kept) send();
    this.kept = [];
  }

  /** As a machine that is switched off. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const prefix = this.options.prefix ?? '/';
    const path = pathname.startsWith(prefix) ? normalize(decodeURIComponent(pathname.slice(prefix.length)) || 'index.html') : '';
    this.asked.push(path);
    const { roundTripMs } = this.options;
    if (roundTripMs !== undefined) await new Promise((resolve) => setTimeout(resolve, 2 * roundTripMs));
    const fault = [...this.faults].find(([pattern]) => pattern.test(path))?.[1];
    const name = typeof fault === 'object' && 'like' in fault ? this.asked.find((asked) => fault.like.test(asked)) ?? path : path;
    const content = fault === 'missing' ? undefined : await this.contentOf(name);
    if (content === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There is nothing here.\n');
      return;
    }
    const packed = this.options.encoding === 'gzip' && !path.endsWith('.gz');
    const body = packed ? gzipSync(content) : content;
    const type = (this.options.types ?? NEEDED)[extname(name)];
    const encoded = packed || (this.options.encoding === 'gz-is-an-encoding' && path.endsWith('.gz'));
    response.writeHead(200, { 'content-length': body.length, ...(type === undefined ? {} : { 'content-type': type }),
      ...(encoded ? { 'content-encoding': 'gzip' } : {}), ...(roundTripMs === undefined ? {} : { connection: 'close' }) });
    await this.send(path, response, body, fault);
  }

  private async contentOf(name: string): Promise<Buffer | undefined> {
    const content = await readFile(join(this.folder, name)).catch(() => undefined);
    const { inWorkers } = this.options;
    return content === undefined || inWorkers === undefined || !WORKER.test(name) ? content : Buffer.concat([Buffer.from(inWorkers), content]);
  }

  private async send(path: string, response: ServerResponse, body: Buffer, fault: Fault | undefined): Promise<void> {
    const pauses = typeof fault === 'object' && 'pauses' in fault ? fault.pauses : 0;
    const end = fault === 'cut' || fault === 'stuck' || pauses > 0 ? Math.floor(body.length / 2) : body.length;
    const rate = this.options.bytesPerSecond;
    const piece = rate === undefined ? end : PIECE;
    // A line on which nothing was sent has saved nothing up; on a busy one a timer that comes late is made up for.
    if (this.sending === 0) this.free = performance.now();
    this.sending += 1;
    for (let at = 0; at < end && !response.destroyed; at += piece) {
      if (rate !== undefined) await this.turn(Math.min(piece, end - at) / rate);
      response.write(body.subarray(at, Math.min(end, at + piece)));
      this.bytes.set(path, (this.bytes.get(path) ?? 0) + Math.min(piece, end - at));
    }
    for (let left = pauses, at = end; left > 0 && !response.destroyed; left -= 1) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      const next = left === 1 ? body.length : at + Math.floor((body.length - at) / left);
      response.write(body.subarray(at, next));
      at = next;
    }
    this.sending -= 1;
    // Whole pieces arrive before the line ends, as where a server falls over.
    if (fault === 'cut') response.socket?.end();
    else if (fault === 'stuck') this.kept.push(() => { response.end(body.subarray(end)); });
    else response.end();
  }

  /** The line is shared: each piece waits for those before it. */
  private async turn(seconds: number): Promise<void> {
    this.free += 1000 * seconds;
    await new Promise((resolve) => setTimeout(resolve, this.free - performance.now()));
  }
}
