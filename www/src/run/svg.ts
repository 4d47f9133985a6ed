/**
 * SVG images, made fit to be decoded: the browser draws them on the page's own thread and nothing can stop it, so what would
 * unfold without end is refused first, and each gets a size, which it need not have.
 */
import { grouped, megabytes } from '../state/figures';

/** A drawing that is not handed to the browser, with a sentence about it that begins behind its name. */
export class SvgRefused extends Error {
  override readonly name = 'SvgRefused';
}

const MAX_BYTES = 8e6;
/** Elements to draw, each as often as it is referred to; some seconds of work. */
const MAX_DRAWN = 300_000;
/** An element of these is drawn on pixels of its own. */
const COSTLY = /^(filter|mask|pattern)$/;
const COSTLY_TIMES = 100;
/** CSS pixels of a unit. */
const UNITS: Readonly<Record<string, number>> = { '': 1, px: 1, pt: 4 / 3, pc: 16, mm: 96 / 25.4, cm: 96 / 2.54, in: 96, q: 96 / 101.6 };

/** What styles are called while a drawing is looked at: by their own name they would count as the page's, which allows none in line. */
const STYLE = 'spikeground-style';
const STYLES = /\bstyle(?=\s*=)|(?<=<\/?(?:[\w-]+:)?)style\b/g;

const REFERENCE = /url\(\s*["']?#([^"')]+)/g;
/** Attributes that refer to a part by its id alone, or have another one do so after a while. */
const POINTS = /^(href|to|from|by|values)$/;
/** What is written into a drawing as an address, and its kind. */
const EMBEDDED = /\bdata:\s*([\w.+-]*\/[\w.+-]*)?\s*[;,]/gi;
/** Kinds that refer to nothing themselves: pixels and letters. */
const PLAIN = /^(image\/(png|jpe?g|gif|webp|avif|bmp)|font\/.*|application\/(x-)?font.*)$/i;

/** The drawing with a size of `longSide` pixels along its longer side. */
export async function drawableSvg(file: Blob, longSide: number): Promise<Blob> {
  if (file.size > MAX_BYTES) refuse(`has ${megabytes(file.size)}, more than the ${megabytes(MAX_BYTES)} of SVG that are read here.`);
  const text = await textOf(file);
  if (text.includes('<!ENTITY')) refuse('defines entities, which can unfold without end: it is not drawn.');
  const parsed = new DOMParser().parseFromString(text.replace(STYLES, STYLE), 'image/svg+xml');
  const root = parsed.documentElement;
  if (root.localName !== 'svg' || parsed.querySelector('parsererror') !== null) throw new SvgRefused('is no SVG image, or a damaged one.');
  if (root.querySelector('foreignObject') !== null) refuse('holds pieces of web pages (foreignObject), which browsers draw but let nobody read.');
  if (embedsMore(parsed)) refuse('holds another drawing, or a page, in itself, which could unfold without end: it is not drawn.');
  if (showsAnother(root)) refuse('shows an image that lies in another file, which browsers leave out of it.');
  if (drawn(parsed) > MAX_DRAWN) refuse(`refers to its parts so often that more than ${grouped(MAX_DRAWN)} would have to be drawn.`);
  setSize(root, longSide);
  return new Blob([new XMLSerializer().serializeToString(parsed).replaceAll(STYLE, 'style')], { type: 'image/svg+xml' });
}

function refuse(reason: string): never {
  throw new SvgRefused(`${reason} Save it as PNG.`);
}

async function textOf(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
  return new TextDecoder(wide ?? 'utf-8').decode(bytes);
}

/** A size from its own, or from its view box; without both a square. */
function setSize(root: Element, longSide: number): void {
  const box = (root.getAttribute('viewBox') ?? '').trim().split(/[\s,]+/).map(Number);
  const [boxWidth = 0, boxHeight = 0] = box.length === 4 && box.every(Number.isFinite) ? box.slice(2) : [];
  const hasBox = boxWidth > 0 && boxHeight > 0;
  const [ownWidth, ownHeight] = [lengthOf(root.getAttribute('width')), lengthOf(root.getAttribute('height'))];
  const ratio = hasBox ? boxWidth / boxHeight : 1;
  const width = ownWidth ?? (ownHeight === undefined ? (hasBox ? boxWidth : longSide) : ownHeight * ratio);
  const height = ownHeight ?? width / ratio;
  // Without a box its units are pixels of its own size.
  if (!hasBox) root.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const scale = longSide / Math.max(width, height);
  root.setAttribute('width', String(Math.max(1, Math.round(width * scale))));
  root.setAttribute('height', String(Math.max(1, Math.round(height * scale))));
}

function lengthOf(text: string | null): number | undefined {
  const [, number, unit] = /^\s*\+?([\d.]+(?:e[+-]?\d+)?)\s*([a-z]*)\s*$/i.exec(text ?? '') ?? [];
  const length = Number(number) * (UNITS[unit?.toLowerCase() ?? ''] ?? Number.NaN);
  return Number.isFinite(length) && length > 0 ? length : undefined;
}

/** Elements that are drawn: each, and what it refers to, as often as it does. */
function drawn(image: Document): number {
  const styled = styledReferences(image);
  const known = new Map<Element, number>();
  const count = (element: Element): number => {
    const before = known.get(element);
    if (before !== undefined) return before;
    // A circle of references is not drawn.
    known.set(element, 0);
    let sum = 1;
    for (const child of element.children) sum += count(child);
    for (const id of [...references(element), ...(styled.get(element) ?? [])]) {
      const target = sum > MAX_DRAWN ? null : image.getElementById(id);
      if (target !== null) sum += count(target) * (COSTLY.test(target.localName) ? COSTLY_TIMES : 1);
    }
    const bounded = Math.min(sum, MAX_DRAWN + 1);
    known.set(element, bounded);
    return bounded;
  };
  try {
    return count(image.documentElement);
  } catch (error) {
    // Nested deeper than can be followed.
    if (error instanceof RangeError) return MAX_DRAWN + 1;
    throw error;
  }
}

/** The ids that an element's attributes refer to. */
function references(element: Element): string[] {
  return [...element.attributes].flatMap(({ localName, value }) => referredTo(localName, value));
}

/** The ids that an attribute refers to. */
export function referredTo(attribute: string, value: string): string[] {
  const text = spelt(value);
  const pointed = POINTS.test(attribute) ? text.split(';').map((one) => one.trim()).filter((one) => one.startsWith('#')) : [];
  return [...pointed.map((one) => one.slice(1)), ...Array.from(text.matchAll(REFERENCE), ([, id]) => id ?? '')];
}

/** Whether a drawing, its styles or what is said of them embed what may refer to more. */
function embedsMore(image: Document): boolean {
  const told = [...image.childNodes].flatMap((node) => (node instanceof ProcessingInstruction ? [node.data] : []));
  const written = [...image.querySelectorAll('*')].flatMap((element) => {
    const values = [...element.attributes].map(({ value }) => value);
    return element.localName === STYLE ? [...values, element.textContent] : values;
  });
  return [...told, ...written].some(embeds);
}

/** Whether a text embeds anything but pixels and letters. */
export function embeds(text: string): boolean {
  return Array.from(spelt(text).matchAll(EMBEDDED)).some(([, kind]) => !PLAIN.test(kind ?? ''));
}

/** What a browser reads: a style may write a letter as its number, and an address may have breaks in it. */
function spelt(text: string): string {
  if (!/[\\\t\n\r]/.test(text)) return text;
  const letters = text.replaceAll(/\\([0-9a-f]{1,6})\s?|\\(.)/gi, (_, number: string | undefined, letter: string | undefined) => {
    return letter ?? letterOf(Number.parseInt(number ?? '', 16));
  });
  return letters.replaceAll(/[\t\n\r]/g, '');
}

function letterOf(number: number): string {
  return number <= 0x10ffff ? String.fromCodePoint(number) : '\ufffd';
}

/** Whether an image of a drawing is neither in it nor one of its parts. */
function showsAnother(root: Element): boolean {
  return [...root.querySelectorAll('image, feImage')].some((image) => {
    return [...image.attributes].some(({ localName, value }) => localName === 'href' && !/^(#|data:|$)/i.test(spelt(value).trim()));
  });
}

/** The ids that style sheets let elements refer to. */
function styledReferences(image: Document): Map<Element, string[]> {
  const found = new Map<Element, string[]>();
  const take = (rules: CSSRuleList): void => {
    for (const rule of rules) {
      if (rule instanceof CSSStyleRule) {
        const ids = Array.from(rule.style.cssText.matchAll(REFERENCE), ([, id]) => id ?? '');
        if (ids.length > 0) for (const element of image.querySelectorAll(rule.selectorText)) found.set(element, [...(found.get(element) ?? []), ...ids]);
      }
      if ('cssRules' in rule && rule.cssRules instanceof CSSRuleList) take(rule.cssRules);
    }
  };
  for (const style of image.querySelectorAll(STYLE)) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style.textContent);
    take(sheet.cssRules);
  }
  return found;
}
