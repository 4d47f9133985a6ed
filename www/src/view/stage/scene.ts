/**
 * Where everything on the stage stands: a column for the input, one for each layer, one for the classes. Sizes are CSS pixels.
 * Neurons are cells in tiles: one tile for a row of units, one a channel for maps; the points of a cloud keep their places.
 */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A grid of neurons that follow each other, row after row. */
export interface Tile extends Box {
  /** The first neuron. */
  readonly from: number;
  readonly rows: number;
  readonly columns: number;
  /** Neurons, which may leave the last row unfilled. */
  readonly neurons: number;
}

export interface Column extends Box {
  /** What of the layer is drawn: all its units, some of its channels as maps, or its points where they lie. */
  readonly kind: 'units' | 'maps' | 'points';
  readonly shape: readonly number[];
  readonly tiles: readonly Tile[];
  /** Pixels of the page that a neuron is wide and high, what is between two of them included. */
  readonly cell: number;
}

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly input: Box;
  readonly columns: readonly Column[];
  readonly classes: Box;
  /** Where the words above the columns stand. */
  readonly captionTop: number;
}

export interface SceneInput {
  readonly width: number;
  readonly height: number;
  /** Rows and columns of the image that the network sees; 1 by 1 for a cloud. */
  readonly seen: readonly [number, number];
  readonly shapes: readonly (readonly number[])[];
  readonly classes: number;
  /** Device pixels in a pixel of the page: a cell of some is a whole number of them, or it would blur. */
  readonly scale: number;
  /** The layer and the neuron that are chosen: their map is among those shown. */
  readonly chosen?: { readonly layer: number; readonly neuron: number };
}

const MARGIN = 10;
const CAPTION = 22;
const FOOT = 18;
/** More than this a unit does not grow, however few there are. */
const MOST_CELL = 18;
const TILE_GAP = 4;
/** As many maps as tell what a layer does; more columns of them than three leave none large enough. */
const MAPS_WANTED = 8;
const MOST_MAP_COLUMNS = 3;
/** Of many layers each has little: from the first of these numbers on the input, the classes and the ways give room, up to the second. */
const CROWD: readonly [number, number] = [4, 9];
/** What they have, as shares of the width; of a layer's part this much is its own, and spikes travel through the rest. */
const [USUAL, CROWDED] = [{ input: 0.17, classes: 0.2, column: 0.66 }, { input: 0.1, classes: 0.13, column: 0.84 }];
const MOST_COLUMN = 150;
const CLASS_ROW = 34;

/** A cloud fills its box nowhere, so that its box may be wider. */
const CLOUD_SHARE = 0.92;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

export function layOut({ width, height, seen, shapes, classes, scale, chosen }: SceneInput): Scene {
  const top = CAPTION;
  const room = Math.max(20, height - CAPTION - FOOT);
  const crowded = clamp((shapes.length - CROWD[0]) / (CROWD[1] - CROWD[0]), 0, 1);
  const shareOf = (what: keyof typeof USUAL): number => USUAL[what] + crowded * (CROWDED[what] - USUAL[what]);
  const inputWidth = clamp(width * shareOf('input'), 48, Math.min(170, room));
  const classesWidth = clamp(width * shareOf('classes'), 76, 170);
  const [rows, columns] = seen;
  const pixel = Math.min(inputWidth / columns, room / rows);
  const input = centred(MARGIN, top, inputWidth, room, pixel * columns, pixel * rows);
  const from = MARGIN + inputWidth;
  const pitch = (width - from - classesWidth - MARGIN) / Math.max(1, shapes.length);
  const placed = shapes.map((shape, i): Column => {
    const own = Math.min(pitch * (shape.length === 2 ? CLOUD_SHARE : shareOf('column')), MOST_COLUMN);
    const left = from + pitch * (i + 0.5) - own / 2 + pitch * 0.06;
    const neuron = chosen?.layer === i ? chosen.neuron : undefined;
    return columnOf(shape, { left, top, width: own, height: room }, (cell) => whole(cell, scale), neuron);
  });
  const classesHeight = Math.min(room, classes * CLASS_ROW);
  return {
    width, height, input, columns: placed, captionTop: CAPTION - 8,
    classes: { left: width - classesWidth - MARGIN / 2, top: top + (room - classesHeight) / 2, width: classesWidth, height: classesHeight },
  };
}

function centred(left: number, top: number, width: number, height: number, ownWidth: number, ownHeight: number): Box {
  return { left: left + (width - ownWidth) / 2, top: top + (height - ownHeight) / 2, width: ownWidth, height: ownHeight };
}

/** The device pixels that a cell has whole; what one is short of by its own arithmetic counts. */
export function wholePixels(cell: number, scale: number): number {
  return Math.floor(cell * scale + 1e-6);
}

/** Device pixels of a cell from which on a part of one more would hardly be missed; smaller ones are drawn a little soft in place of smaller. */
export const SHARP = 4;

/** As large as fits, and a whole number of device pixels where there are some. */
function whole(cell: number, scale: number): number {
  return cell * scale < SHARP ? cell : wholePixels(cell, scale) / scale;
}

function columnOf(shape: readonly number[], room: Box, snap: (cell: number) => number, chosen: number | undefined): Column {
  if (shape.length === 3) return maps(shape, room, snap, chosen);
  if (shape.length === 2) {
    const side = Math.min(room.width, room.height);
    const box = centred(room.left, room.top, room.width, room.height, side, side);
    return { kind: 'points', shape, tiles: [], cell: clamp(side / 24, 2, 6), ...box };
  }
  const [units = 1] = shape;
  let best = { cell: 0, columns: 1 };
  for (let columns = 1; columns <= units; columns += 1) {
    const cell = Math.min(room.width / columns, room.height / Math.ceil(units / columns), MOST_CELL);
    if (cell > best.cell) best = { cell, columns };
  }
  const { columns } = best;
  const cell = snap(best.cell);
  const rows = Math.ceil(units / columns);
  const box = centred(room.left, room.top, room.width, room.height, columns * cell, rows * cell);
  return { kind: 'units', shape, cell, ...box, tiles: [{ ...box, from: 0, rows, columns, neurons: units }] };
}

function maps(shape: readonly number[], room: Box, snap: (cell: number) => number, chosen: number | undefined): Column {
  const [channels = 1, height = 1, width = 1] = shape;
  const gridOf = (columns: number): { cell: number; rows: number; columns: number } => {
    const cell = snap(Math.min((room.width - (columns - 1) * TILE_GAP) / columns / width, room.height / height));
    return { cell, columns, rows: Math.max(1, Math.floor((room.height + TILE_GAP) / (cell * height + TILE_GAP))) };
  };
  let grid = gridOf(1);
  while (grid.columns < MOST_MAP_COLUMNS && grid.columns * grid.rows < Math.min(channels, MAPS_WANTED)) grid = gridOf(grid.columns + 1);
  const count = Math.min(channels, grid.columns * grid.rows);
  const columns = Math.min(grid.columns, count);
  const rows = Math.ceil(count / columns);
  const { cell } = grid;
  const [wide, high] = [cell * width, cell * height];
  const box = centred(room.left, room.top, room.width, room.height, columns * (wide + TILE_GAP) - TILE_GAP, rows * (high + TILE_GAP) - TILE_GAP);
  const neurons = height * width;
  const tiles = channelsShown(channels, count, chosen === undefined ? undefined : Math.floor(chosen / neurons)).map((channel, i): Tile => ({
    left: box.left + (i % columns) * (wide + TILE_GAP), top: box.top + Math.floor(i / columns) * (high + TILE_GAP), width: wide, height: high,
    from: channel * neurons, rows: height, columns: width, neurons,
  }));
  return { kind: 'maps', shape, cell, tiles, ...box };
}

/** The first so many channels, and in place of the last of them the chosen one, if it is none of these. */
function channelsShown(channels: number, count: number, chosen: number | undefined): number[] {
  const shown = Array.from({ length: count }, (_, i) => i);
  if (chosen !== undefined && chosen >= count && chosen < channels) shown[count - 1] = chosen;
  return shown;
}

/** The middle of a neuron's cell; nothing for a neuron whose map is not shown, and for points, which lie where the cloud has them. */
export function placeOf(column: Column, neuron: number): { readonly x: number; readonly y: number } | undefined {
  const tile = column.tiles.find(({ from, neurons }) => neuron >= from && neuron < from + neurons);
  if (tile === undefined) return undefined;
  const at = neuron - tile.from;
  return { x: tile.left + ((at % tile.columns) + 0.5) * column.cell, y: tile.top + (Math.floor(at / tile.columns) + 0.5) * column.cell };
}

/** The neuron whose cell lies at a place. */
export function neuronAt({ tiles, cell }: Column, x: number, y: number): number | undefined {
  for (const { left, top, from, rows, columns, neurons } of tiles) {
    const [column, row] = [Math.floor((x - left) / cell), Math.floor((y - top) / cell)];
    const at = row * columns + column;
    if (column >= 0 && column < columns && row >= 0 && row < rows && at < neurons) return from + at;
  }
  return undefined;
}
