/** Which files are read here, by the ends of their names. */

export const SHAPE_ENDS = ['off', 'ply', 'obj', 'stl', 'pcd', 'xyz', 'csv', 'txt', 'pts', 'npy'];

/** Recordings of an event camera, as N-MNIST has them. */
export const RECORDING_ENDS = ['bin'];

/** Images that a data set is made of; the Classify view takes SVG besides. */
export const IMAGE_ENDS = ['png', 'jpg', 'jpeg', 'webp', 'gif', 'avif', 'bmp'];

/** The end of a name, in small letters and without its dot; empty where it has none. */
export function endOf(name: string): string {
  return /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
}
