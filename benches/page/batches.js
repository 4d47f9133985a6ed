/** The batches that steps work on in turn, cut from what our wasm gives for all of them. */

const PIXELS = 784;
const CLASSES = 10;

/** A matrix that lies flat, its rows turned to columns. */
function transposed(values, columns) {
  const rows = values.length / columns;
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column];
  }
  return turned;
}

/** The images of each batch of so many. */
export function batchesOf(images, batch) {
  const size = batch * PIXELS;
  return Array.from({ length: images.length / size }, (_, i) => images.subarray(i * size, (i + 1) * size));
}

/** The batches that a network trains on. Each is cut, and its targets turned, within its step. */
export class Batches {
  #inputs;
  #labels;
  #size;
  #next = 0;

  /** `inputs`, the images [image, 784] or clouds [cloud, points * 3] of all batches of `size`, and their `labels` [image, 10]. */
  constructor({ inputs, labels }, size) {
    [this.#inputs, this.#labels, this.#size] = [inputs, labels, size];
  }

  #cut(values, columns) {
    const length = this.#size * columns;
    const first = (this.#next * length) % values.length;
    return values.subarray(first, first + length);
  }

  /** The next batch: its inputs, and its targets [10, image], as the peers' losses want them. */
  next() {
    const columns = (this.#inputs.length / this.#labels.length) * CLASSES;
    const batch = { inputs: this.#cut(this.#inputs, columns), targets: transposed(this.#cut(this.#labels, CLASSES), CLASSES) };
    this.#next += 1;
    return batch;
  }
}
