/** Builds DOM elements in one expression, and gives drawings the page's colours. */
import { Emitter } from '../../state/emitter';

type Child = Node | string | undefined;

export interface Attributes {
  readonly class?: string;
  readonly text?: string;
  /** Any attribute by its HTML name; `true` sets it empty, `false` and `undefined` leave it out. */
  readonly [attribute: string]: string | number | boolean | undefined;
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name === 'text') element.textContent = String(value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

let made = 0;

/** An id that no other element has, to tie labels and explanations to their controls. */
export function freshId(stem: string): string {
  made += 1;
  return `${stem}-${made}`;
}

/** Writes a text only where it changes, so that a screen reader is not told the same thing twice. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export interface Theme {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly sunken: string;
  readonly accent: string;
  readonly positive: string;
  readonly negative: string;
  readonly right: string;
  readonly wrong: string;
  /** One colour a lane, in order. */
  readonly lanes: readonly string[];
  /** The same colours as red, green, blue from 0 to 255, for drawings made pixel by pixel. */
  readonly rgb: Readonly<Record<'ink' | 'surface' | 'sunken' | 'positive' | 'negative', readonly [number, number, number]>>;
}

let theme: Theme | undefined;
const themeChanges = new Emitter();

for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) {
  matchMedia(query).addEventListener('change', () => {
    theme = undefined;
    themeChanges.tell();
  });
}

/** Calls back when the page takes other colours, for drawings have to be made anew, until the returned function is called. */
export function onThemeChange(listener: () => void): () => void {
  return themeChanges.subscribe(listener);
}

function rgbOf(colour: string): readonly [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** The style sheet's colours as #rrggbb, however they are written there: with forced colours they are names that only the browser can tell. */
function readColours<Name extends string>(...names: readonly Name[]): Record<Name, string> {
  const probe = h('span', { class: 'colour-probe', hidden: true });
  document.body.append(probe);
  const colours = names.map((name) => {
    probe.style.color = `var(--${name})`;
    const parts = getComputedStyle(probe).color.match(/[\d.]+/g) ?? [];
    return [name, `#${parts.slice(0, 3).map((part) => Math.round(Number(part)).toString(16).padStart(2, '0')).join('')}`] as const;
  });
  probe.remove();
  return Object.fromEntries(colours) as Record<Name, string>;
}

/** The style sheet's colours, which drawings on a canvas cannot refer to by name. */
export function currentTheme(): Theme {
  if (theme !== undefined) return theme;
  const colours = readColours(
    'ink', 'surface', 'sunken', 'positive', 'negative', 'muted', 'line', 'accent', 'right', 'wrong', 'lane-1', 'lane-2', 'lane-3',
  );
  const { ink, surface, sunken, positive, negative } = colours;
  theme = {
    ...colours,
    lanes: [colours['lane-1'], colours['lane-2'], colours['lane-3']],
    rgb: { ink: rgbOf(ink), surface: rgbOf(surface), sunken: rgbOf(sunken), positive: rgbOf(positive), negative: rgbOf(negative) },
  };
  return theme;
}
