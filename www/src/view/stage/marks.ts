/** The strokes that the stage is drawn with. */
import type { Theme } from '../shared/element';
import type { Place } from './traffic';

const FULL_TURN = 2 * Math.PI;

export function disc(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, FULL_TURN);
  context.fill();
}

/** From column to column in a gentle S. */
export function thread(context: CanvasRenderingContext2D, a: Place, b: Place): void {
  const middle = (a.x + b.x) / 2;
  context.moveTo(a.x, a.y);
  context.bezierCurveTo(middle, a.y, middle, b.y, b.x, b.y);
}

/** A place on a thread. */
export function along(a: Place, b: Place, t: number): Place {
  const [one, two, three, four] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
  const middle = (a.x + b.x) / 2;
  return { x: one * a.x + (two + three) * middle + four * b.x, y: (one + two) * a.y + (three + four) * b.y };
}

/** A spike under way: full, hollow where it is negative, as large as it is strong. What is no spike is a short dash. */
export function mark(context: CanvasRenderingContext2D, x: number, y: number, sent: number | undefined, theme: Theme): void {
  if (sent === undefined) {
    context.fillStyle = theme.ink;
    context.globalAlpha = 0.55;
    context.fillRect(x - 3, y - 0.75, 6, 1.5);
    context.globalAlpha = 1;
    return;
  }
  const radius = 1.4 + 2 * Math.sqrt(Math.abs(sent));
  if (sent > 0) {
    context.fillStyle = theme.positive;
    disc(context, x, y, radius);
    return;
  }
  context.fillStyle = theme.surface;
  context.strokeStyle = theme.negative;
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(x, y, radius, 0, FULL_TURN);
  context.fill();
  context.stroke();
}

/** As much of a text as has room, with an ellipsis where that is not all. */
export function shortened(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let end = text.length - 1;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > width) end -= 1;
  return `${text.slice(0, end)}…`;
}
