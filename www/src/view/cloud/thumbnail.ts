/** A point cloud as a small picture. */
import { heightsOf } from './facts';
import { FIRST_ORBIT, projection } from './camera';
import { between, colourOf, cssColour } from './paint';
import { currentTheme, onThemeChange } from '../shared/element';

/** Pixels a side; the style sheet decides how large they appear. */
const SIDE = 144;
/** More points than this only blur so small a picture. */
const MOST_POINTS = 700;

/** Thumbnails may be in no document when the page turns dark, and nobody says when one is thrown away. */
const drawn = new WeakMap<HTMLCanvasElement, Float32Array>();
const canvases = new Set<WeakRef<HTMLCanvasElement>>();

onThemeChange(() => {
  for (const reference of canvases) {
    const canvas = reference.deref();
    const points = canvas === undefined ? undefined : drawn.get(canvas);
    if (canvas === undefined || points === undefined) canvases.delete(reference);
    else paint(canvas, points);
  }
});

/** Draws points, `[points * 3]`, z up, in the unit ball, from above and the front; drawn anew when the page turns dark or light. */
export function drawThumbnail(canvas: HTMLCanvasElement, points: Float32Array): void {
  canvas.classList.add('cloud-thumbnail');
  if (!drawn.has(canvas)) canvases.add(new WeakRef(canvas));
  drawn.set(canvas, points);
  paint(canvas, points);
}

function paint(canvas: HTMLCanvasElement, points: Float32Array): void {
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const theme = currentTheme();
  const [ground, ink] = [colourOf(theme.sunken), colourOf(theme.ink)];
  context.fillStyle = theme.sunken;
  context.fillRect(0, 0, SIDE, SIDE);
  const count = Math.min(points.length / 3, MOST_POINTS);
  const [low, high] = heightsOf(points);
  const project = projection({ ...FIRST_ORBIT, distance: 3.6 });
  const at = { x: 0, y: 0, away: 0 };
  const dots = Array.from({ length: count }, (_, i) => {
    project(points, i, at);
    return { x: SIDE / 2 + (at.x * SIDE) / 2, y: SIDE / 2 - (at.y * SIDE) / 2, away: at.away, height: (points[3 * i + 2] ?? 0) - low };
  }).sort((a, b) => b.away - a.away);
  const radius = Math.min(4.5, 52 / Math.sqrt(Math.max(1, count)));
  for (const { x, y, away, height } of dots) {
    // Near and high is dark, far and low is light.
    const near = Math.min(1, Math.max(0, (4.1 - away) / 2));
    const strength = 0.22 + 0.55 * near + 0.2 * (high === low ? 1 : height / (high - low));
    context.fillStyle = cssColour(between(ground, ink, Math.min(1, strength)));
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }
}
