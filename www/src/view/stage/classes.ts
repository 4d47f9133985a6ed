/** The last column: the classes, and the evidence for each as it grows. */
import type { Theme } from '../shared/element';
import { answerAt } from '../shared/evidence';
import { percent } from '../shared/part';
import type { StageFrame } from './frame';
import { shortened } from './marks';
import type { Box } from './scene';

/** Between a name and what is left and right of it. */
const GAP = 8;
/** A tick beside the true class. */
const TICK = 14;
/** A lower row has no room for a name beside those of its neighbours. */
const LEAST_ROW = 10;
/** A bar with less room than this has no figure. */
const ROOM_FOR_FIGURE = 40;

/** `step`: the last time step whose evidence has arrived; missing, none has. */
export function paintClasses(
  context: CanvasRenderingContext2D, { probe, classes: names, doubted = false }: StageFrame, classes: Box, step: number | undefined, theme: Theme,
): void {
  const row = classes.height / probe.classes;
  const size = Math.min(12.5, Math.max(7, row * 0.62));
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.textBaseline = 'middle';
  const longest = Math.max(...names.map((name) => context.measureText(name).width));
  const nameWidth = Math.min(longest + TICK, classes.width * 0.55);
  const left = classes.left + GAP;
  const barLeft = left + nameWidth + GAP;
  const barRoom = classes.left + classes.width - barLeft;
  const known = step !== undefined && probe.unsure === undefined;
  const answer = known ? answerAt({ evidence: probe.evidence, steps: probe.steps, classes: names }, step) : -1;
  const every = Math.max(1, Math.ceil(LEAST_ROW / row));
  names.forEach((name, c) => {
    const y = classes.top + (c + 0.5) * row;
    const [top, high] = [y - row * 0.3, Math.max(2, row * 0.6)];
    const share = known ? probe.evidence[step * probe.classes + c] ?? 0 : 0;
    const isAnswer = c === answer;
    context.fillStyle = theme.sunken;
    context.fillRect(barLeft, top, barRoom, high);
    context.fillStyle = !isAnswer || doubted ? theme.muted : probe.label === undefined ? theme.accent : c === probe.label ? theme.right : theme.wrong;
    context.fillRect(barLeft, top, barRoom * share, high);
    context.fillStyle = isAnswer ? theme.ink : theme.muted;
    context.font = `${isAnswer ? '600 ' : ''}${size}px system-ui, sans-serif`;
    context.textAlign = 'left';
    // Of very many classes only some have room for a name.
    if (c % every === 0 || isAnswer || c === probe.label) context.fillText(shortened(context, name, nameWidth - TICK), left, y);
    if (c === probe.label) context.fillText('✓', left + nameWidth - TICK + 4, y);
    if (!isAnswer || doubted || barRoom < ROOM_FOR_FIGURE) return;
    const inside = share > 0.5;
    context.textAlign = inside ? 'right' : 'left';
    context.fillStyle = inside ? theme.surface : theme.ink;
    context.fillText(percent(share, 0), barLeft + barRoom * share + (inside ? -4 : 4), y);
  });
}
