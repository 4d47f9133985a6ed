/** What is taken of files that a person brings: the readers say it when they are built, so that no bound of theirs stands here a second time. */
import { READER_LIMITS } from '../../../pkg/settings.mjs';

/** Files and classes of a data set of a person's own. */
export const MAX_FILES: number = READER_LIMITS.mostFiles;
export const MAX_CLASSES: number = READER_LIMITS.mostClasses;
/** Pixels of an image that is decoded. */
export const MAX_PIXELS: number = READER_LIMITS.mostPixels;
/** Pixels a side of the sensor of recordings. */
export const RECORDING_SIDE: number = READER_LIMITS.recordingSide;
/** Letters of a name that is shown, and how many of them are its end where it is longer. */
export const NAME_LETTERS: number = READER_LIMITS.nameLetters;
export const NAME_END: number = READER_LIMITS.nameEnd;
/** The longer side of the image that a network's few pixels are made from: as many for one that is asked about as for those that are trained on. */
export const LONG_SIDE = 512;
