/** What a person's own images become: pixels a side, in grey or in colour, and what of that the files themselves propose. */
import { grouped, megabytes } from './figures';

export interface ImageForm {
  /** Pixels a side. */
  readonly side: number;
  /** One for grey; three for red, green and blue. */
  readonly channels: number;
}

/** What a person chose of it; the rest is as the files propose. */
export type ChosenForm = { readonly [Key in keyof ImageForm]?: ImageForm[Key] | undefined };

/** What images that say nothing else became before there was a choice. */
export const PLAIN: ImageForm = { side: 28, channels: 1 };
const GREY = 1;
const COLOUR = 3;
/** Pixels a side that there are to choose from, and channels. */
export const SIDES = [PLAIN.side, 32, 48, 64] as const;
export const CHANNELS = [GREY, COLOUR] as const;

/** What was seen of one file. */
export interface Glance {
  /** The shorter side of the file, in pixels. */
  readonly side: number;
  readonly colourful: boolean;
}

/** Files that are looked at for a proposal. */
const GLANCES = 12;

/** A few of the samples, spread over the classes and within each. */
export function spreadOver<Sample extends { readonly label: number }>(samples: readonly Sample[]): Sample[] {
  const classes = new Map<number, Sample[]>();
  for (const sample of samples) {
    const of = classes.get(sample.label);
    if (of === undefined) classes.set(sample.label, [sample]);
    else of.push(sample);
  }
  const asked = some([...classes.values()], GLANCES);
  return some(asked.flatMap((of) => some(of, Math.ceil(GLANCES / asked.length))), GLANCES);
}

/** So many of a list, evenly spaced. */
function some<T>(all: readonly T[], count: number): T[] {
  return all.length <= count ? [...all] : all.filter((_, i) => Math.floor((i * count) / all.length) !== Math.floor(((i - 1) * count) / all.length));
}

/**
 * What the strongest and the weakest of red, green and blue differ by, of 255, in a pixel that is of a colour. What JPEG leaves in a
 * grey picture, and the tint of paper, stays below.
 */
const LEAST_CHROMA = 40;
/** The share of such pixels from which on a picture is in colour: a stamp or a stain makes none. */
const COLOURED_PIXELS = 0.05;
/** The share of such pictures from which on all of them are taken in colour. */
const COLOURED_IMAGES = 1 / 3;

/** Whether a picture, `[pixels * 4]`, is in colour. What is transparent has none. */
export function isColourful(rgba: Uint8Array): boolean {
  let coloured = 0;
  for (let at = 0; at < rgba.length; at += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = rgba.subarray(at, at + 4);
    if ((Math.max(red, green, blue) - Math.min(red, green, blue)) * alpha >= LEAST_CHROMA * 255) coloured += 1;
  }
  return coloured > 0 && coloured >= (COLOURED_PIXELS * rgba.length) / 4;
}

/** From and up to so many times one of the larger sides, files are small and about of that side. */
const ABOUT = { from: 0.85, to: 1.25 };

/** What the files propose, of which these were looked at; a person may have chosen the channels. */
export function proposed(glances: readonly Glance[], chosen?: number): ImageForm {
  const coloured = glances.filter(({ colourful }) => colourful).length;
  const channels = chosen ?? (coloured > 0 && coloured >= COLOURED_IMAGES * glances.length ? COLOUR : GREY);
  const sides = glances.map(({ side }) => side).sort((one, other) => one - other);
  const middle = sides[Math.floor(sides.length / 2)] ?? 0;
  const usual = channels === GREY ? PLAIN.side : 32;
  // Larger ones are scaled down to the usual: most of what is in a photograph shows there, and a network of it trains in minutes.
  const about = [48, 64].find((side) => middle >= ABOUT.from * side && middle <= ABOUT.to * side);
  return { side: about ?? usual, channels };
}

/** Bytes of so many images. */
export function bytesOf({ side, channels }: ImageForm, count: number): number {
  return count * channels * side * side;
}

/**
 * What so many images become where the samples may take so many bytes, and what the files proposed. Where a proposal does not fit, the
 * largest that does takes its place; what a person chose and does not fit is refused with a sentence. The smallest always fits.
 */
export function formFor(glances: readonly Glance[], chosen: ChosenForm, count: number, room: number): { form: ImageForm; proposal: ImageForm } {
  const fits = (form: ImageForm): boolean => isPlain(form) || bytesOf(form, count) <= room;
  const largest = (first: ImageForm): ImageForm => {
    const channels = CHANNELS.filter((some) => some <= first.channels).reverse();
    const smaller = channels.flatMap((some) => [...SIDES].reverse().filter((side) => side <= first.side).map((side) => ({ side, channels: some })));
    return smaller.find(fits) ?? PLAIN;
  };
  const proposal = largest(proposed(glances));
  const { side, channels } = proposed(glances, chosen.channels);
  const wanted = { side: chosen.side ?? side, channels };
  const form = chosen.side === undefined && chosen.channels === undefined ? proposal : wanted;
  if (fits(form)) return { form, proposal };
  const others = [...new Set([largest(form), largest({ ...form, channels: GREY })].map(formWords))];
  throw new Error(`${grouped(count)} images of ${formWords(form)} take ${megabytes(bytesOf(form, count))}, and there is room for ${megabytes(room)} here. `
    + `What would fit: ${others.join(', or ')}.`);
}

function isPlain({ side, channels }: ImageForm): boolean {
  return side === PLAIN.side && channels === PLAIN.channels;
}

/** "32 by 32 pixels in colour". */
export function formWords({ side, channels }: ImageForm): string {
  return `${side} by ${side} pixels in ${channels === GREY ? 'grey' : 'colour'}`;
}

/** What images became, as a sentence, and whether the files proposed it. */
export function becameWords(form: ImageForm, proposal: ImageForm | undefined): string {
  const words = formWords(form);
  if (proposal === undefined) return `Images of ${words}.`;
  return formWords(proposal) === words ? `Images of ${words}, as proposed from the files.`
    : `Images of ${words}, as chosen; proposed from the files: ${formWords(proposal)}.`;
}
