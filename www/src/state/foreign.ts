/** Files of kinds that are not read here, by the ends of their names: what they are, and what to do. */
import { endOf } from './file-kinds';

interface Foreign {
  readonly ends: string;
  /** What such a file is, as part of a sentence. */
  readonly what: string;
  /** The way out, as a sentence. */
  readonly way: string;
}

const FOREIGN: readonly Foreign[] = [
  { ends: 'heic heif hif', what: 'a HEIC picture, as phones take them, which this browser cannot decode', way: 'Save it as JPEG or PNG.' },
  {
    ends: 'cr2 cr3 crw nef nrw arw srf sr2 dng raf orf rw2 pef srw x3f', what: 'a raw picture of a camera, which is not read '
      + 'here', way: 'Save it as JPEG or PNG.',
  },
  { ends: 'tif tiff psd xcf jxl jp2 j2k tga exr hdr dcm', what: 'a picture of a kind that browsers do not decode', way: 'Save it as PNG.' },
  { ends: 'pdf ai eps ps docx pptx', what: 'a document', way: 'Save its picture as PNG.' },
  { ends: 'mp4 mov avi webm mkv m4v mpg mpeg', what: 'a film', way: 'Save one picture of it as PNG or JPEG.' },
  {
    ends: 'aedat aedat2 aedat4 es bag mcap', what: 'a recording of an event camera, which is not read here',
    way: "Those in N-MNIST's format (BIN), a picture of its events as PNG, or its points as CSV, can be read.",
  },
  {
    ends: 'raw dat h5 hdf5 mat', what: 'raw data of a camera or of something else, and nothing in it says what',
    way: 'A picture as PNG, or points as CSV or NPY, can be read.',
  },
  { ends: 'npz', what: 'several NumPy arrays in one file', way: 'Save the one with the points as NPY.' },
  {
    ends: 'glb gltf fbx blend dae 3ds 3mf step stp iges igs usdz usd usda usdc max skp wrl x3d ma mb',
    what: 'a 3D scene of a kind that is not read here', way: 'Export it as OBJ, PLY or STL.',
  },
  { ends: 'las laz e57 ptx fls rcp', what: 'a scan of a kind that is not read here', way: 'Export it as PLY, PCD or XYZ.' },
  { ends: 'rar 7z tar gz tgz bz2 xz zst', what: 'an archive of a kind that is not read here', way: 'Pack its files as ZIP.' },
  { ends: 'xlsx xls ods json parquet', what: 'a table of a kind that is not read here', way: 'Save it as CSV.' },
];

/** What a file of a foreign kind is and what to do, in sentences; nothing where its name does not say. */
export function foreignWords(name: string): string | undefined {
  const end = endOf(name);
  const found = FOREIGN.find(({ ends }) => ends.split(' ').includes(end));
  return found === undefined ? undefined : `is ${found.what}. ${found.way}`;
}
