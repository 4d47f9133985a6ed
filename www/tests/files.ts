/** Files that a person might bring, made on the spot. */
import { crc32, deflateSync } from 'node:zlib';

export interface MadeFile {
  readonly path: string;
  readonly bytes: Buffer;
  /** Whether an archive says that it has a password. */
  readonly locked?: boolean;
}

/** A ZIP archive whose files are stored as they are. */
export function zipOf(files: readonly MadeFile[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { path, bytes, locked = false } of files) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    // Names are in UTF-8.
    common.writeUInt16LE(0x800 + (locked ? 1 : 0), 2);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(Buffer.byteLength(path), 22);
    const entry = Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), common, Buffer.alloc(14), Buffer.from(path)]);
    entry.writeUInt32LE(at, 42);
    directory.push(entry);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), common, Buffer.from(path), bytes]);
    parts.push(local);
    at += local.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, index, end]);
}

/** A grey PNG. */
export function pngOf(side: number, grey: (x: number, y: number) => number): Buffer {
  return png(side, 0, (x, y) => [grey(x, y)]);
}

/** A PNG of red, green and blue. */
export function colourPngOf(side: number, colour: (x: number, y: number) => readonly [number, number, number]): Buffer {
  return png(side, 2, colour);
}

function png(side: number, kindOfPixels: 0 | 2, pixel: (x: number, y: number) => readonly number[]): Buffer {
  const chunk = (kind: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.writeUInt8(8, 8);
  head.writeUInt8(kindOfPixels, 9);
  const rows = Buffer.concat(Array.from({ length: side }, (_, y) => Buffer.from([0, ...Array.from({ length: side }, (__, x) => pixel(x, y)).flat()])));
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0))]);
}

/** Dark bars on light paper, lying or standing, each a little elsewhere. */
export function bars(count: number): MadeFile[] {
  return ['lying', 'standing'].flatMap((name) => Array.from({ length: count }, (_, i): MadeFile => {
    const [middle, half] = [12 + (i % 9), 2 + (i % 3)];
    const inside = (across: number, along: number): boolean => Math.abs(across - middle) <= half && along > 3 && along < 28;
    return { path: `bars/${name}/${i}.png`, bytes: pngOf(32, (x, y) => (inside(name === 'lying' ? y : x, name === 'lying' ? x : y) ? 20 : 240)) };
  }));
}

/** A recording of an event camera of 34 x 34 pixels, as N-MNIST's files have it: a bar, lying or standing, that comes and makes a place beside it dark. */
export function recordingOf(isLying: boolean, place: number): Buffer {
  const events = [true, false].flatMap((on, late) => Array.from({ length: 24 }, (_, i) => {
    const [along, across] = [5 + i, 8 + place + 3 * late];
    const time = late * 100_000 + i * 1000;
    return [isLying ? along : across, isLying ? across : along, (on ? 0x80 : 0) | (time >> 16), (time >> 8) & 0xff, time & 0xff];
  }));
  return Buffer.from(events.flat());
}

/** So many recordings of each class, in the layout of N-MNIST. */
export function recordings(train: number, test: number): MadeFile[] {
  return [{ part: 'Train', count: train }, { part: 'Test', count: test }].flatMap(({ part, count }) => ['lying', 'standing'].flatMap((name) => (
    Array.from({ length: count }, (_, i): MadeFile => ({ path: `${part}/${name}/${i}.bin`, bytes: recordingOf(name === 'lying', i % 12) }))
  )));
}

/** Discs that are red or green on blue, each a little elsewhere: as greys they are much alike. */
export function discs(count: number): MadeFile[] {
  return (['green', 'red'] as const).flatMap((name) => Array.from({ length: count }, (_, i): MadeFile => {
    const bytes = colourPngOf(32, (x, y) => (Math.hypot(x - 12 - (i % 8), y - 16) > 8 ? [30, 40, 200] : name === 'red' ? [220, 30, 30] : [30, 140, 30]));
    return { path: `discs/${name}/${i}.png`, bytes };
  }));
}

/** Boxes that are flat or tall, as OFF files. */
export function boxes(count: number): MadeFile[] {
  const faces = ['3 0 1 2', '3 0 2 3', '3 4 6 5', '3 4 7 6', '3 0 4 5', '3 0 5 1', '3 1 5 6', '3 1 6 2', '3 2 6 7', '3 2 7 3', '3 3 7 4', '3 3 4 0'];
  return ['flat', 'tall'].flatMap((name) => Array.from({ length: count }, (_, i): MadeFile => {
    const [wide, high] = name === 'flat' ? [4 + 0.1 * i, 0.5] : [0.5, 4 + 0.1 * i];
    const corners = [0, high].flatMap((z) => [[0, 0], [wide, 0], [wide, wide], [0, wide]].map(([x, y]) => `${x ?? 0} ${y ?? 0} ${z}`));
    return { path: `boxes/${name}/${i}.off`, bytes: Buffer.from(`OFF\n8 12 0\n${[...corners, ...faces].join('\n')}\n`) };
  }));
}
