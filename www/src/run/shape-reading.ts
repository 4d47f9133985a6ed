/** What is known of a shape once its file has been read. */
import type { ShapeInfo, Up } from '../worker/reader';

/** A shape that was read, and what is made of it. */
export interface ShapeReading {
  readonly id: number;
  readonly name: string;
  readonly info: ShapeInfo;
  /** The axis that was taken for up. */
  readonly up: Up;
  /** The points that were taken, `[count * 3]`, z up, as the shape stands with each axis up. */
  readonly clouds: Readonly<Record<Up, Float32Array>>;
  /** Points that were taken. */
  readonly count: number;
  /** Different ones among them, counted as far as `FEW`. */
  readonly different: number;
  /** The class that it is of, where that is known. */
  readonly truth?: string;
}
