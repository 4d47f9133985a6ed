/** How sure the network is of each class, and how that grew over the time steps. */
import { html, render } from 'lit-html';
import { CrispCanvas } from './canvas';
import { currentTheme, h } from './element';
import { percent } from './part';
import { styled } from './styled';

export interface EvidenceFrame {
  /** `[steps * classes]`: the class probabilities after each time step. */
  readonly evidence: Float32Array;
  readonly steps: number;
  /** One word a class. */
  readonly classes: readonly string[];
  /** The time step that is shown, from 0; missing: the last. */
  readonly step?: number | undefined;
  /** The true class, where it is known. */
  readonly label?: number | undefined;
  /** Whether what was seen is unlike what the network was trained on: its shares are no percentages to be told then. */
  readonly doubted?: boolean;
}

/** The class with the most evidence after a time step. */
export function answerAt({ evidence, classes }: EvidenceFrame, step: number): number {
  let best = 0;
  for (let c = 1; c < classes.length; c += 1) {
    if ((evidence[step * classes.length + c] ?? 0) > (evidence[step * classes.length + best] ?? 0)) best = c;
  }
  return best;
}

export class EvidenceChart {
  readonly element: HTMLElement;
  private readonly list = h('ol', { class: 'evidence' });
  private readonly canvas = new CrispCanvas((context, width, height) => { this.paint(context, width, height); }, 'evidence-lines');
  private frame: EvidenceFrame | undefined;

  constructor() {
    this.element = h('div', { class: 'evidence-chart' }, this.list, this.canvas.element);
  }

  draw(frame: EvidenceFrame): void {
    this.frame = frame;
    const { classes, evidence, steps, label, doubted = false } = frame;
    const step = frame.step ?? steps - 1;
    const answer = answerAt(frame, step);
    this.list.classList.toggle('doubted', doubted);
    render(classes.map((name, c) => {
      const share = evidence[step * classes.length + c] ?? 0;
      const kind = [c === answer ? 'answer' : '', c === label ? 'truth' : ''].filter((word) => word !== '').join(' ');
      return html`<li class=${kind}>
        <span class="name" title=${name}>${name}</span>
        <span class="track"><span class="bar" ${styled('transform', `scaleX(${share.toFixed(4)})`)}></span></span>
        <span class="figure">${doubted ? '' : percent(share, share < 0.1 ? 1 : 0)}</span>
      </li>`;
    }), this.list);
    const growth = Array.from({ length: steps }, (_, t) => percent(evidence[t * classes.length + answer] ?? 0, 0)).join(', ');
    this.canvas.describe(doubted ? 'The picture is unlike those of the training, and what evidence there is means little.'
      : `Evidence for ${classes[answer] ?? ''} after each time step: ${growth}.`);
    this.canvas.redraw();
  }

  /** One line a class over the time steps: the answer's strong, the true class's dashed, the others faint. */
  private paint(context: CanvasRenderingContext2D, width: number, height: number): void {
    const { frame } = this;
    if (frame === undefined) return;
    const theme = currentTheme();
    const { classes, evidence, steps, label } = frame;
    const step = frame.step ?? steps - 1;
    const [top, bottom, left] = [6, height - 16, 42];
    const x = (t: number): number => left + ((t + 0.5) / steps) * (width - left);
    const y = (share: number): number => bottom - share * (bottom - top);
    context.font = '11px system-ui, sans-serif';
    context.textBaseline = 'middle';
    context.lineWidth = 1;
    context.strokeStyle = theme.line;
    context.fillStyle = theme.muted;
    context.textAlign = 'right';
    for (const share of [0, 0.5, 1]) {
      context.beginPath();
      context.moveTo(left, Math.round(y(share)) + 0.5);
      context.lineTo(width, Math.round(y(share)) + 0.5);
      context.stroke();
      context.fillText(`${100 * share} %`, left - 5, y(share));
    }
    context.textAlign = 'center';
    context.textBaseline = 'bottom';
    const every = Math.max(1, Math.ceil((20 * steps) / (width - left)));
    for (let t = 0; t < steps; t += every) {
      context.fillStyle = t === frame.step ? theme.accent : theme.muted;
      context.fillText(String(t + 1), x(t), height);
    }
    const answer = answerAt(frame, step);
    const line = (c: number, colour: string, thick: number, dash: readonly number[]): void => {
      context.strokeStyle = colour;
      context.fillStyle = colour;
      context.lineWidth = thick;
      context.setLineDash([...dash]);
      context.beginPath();
      for (let t = 0; t <= step; t += 1) context.lineTo(x(t), y(evidence[t * classes.length + c] ?? 0));
      context.stroke();
      context.setLineDash([]);
      context.beginPath();
      context.arc(x(step), y(evidence[step * classes.length + c] ?? 0), thick + 1, 0, 2 * Math.PI);
      context.fill();
    };
    classes.forEach((_, c) => {
      if (c !== answer && c !== label) line(c, theme.line, 1, []);
    });
    if (label !== undefined && label !== answer) line(label, theme.right, 1.5, [4, 3]);
    line(answer, label === undefined ? theme.accent : answer === label ? theme.right : theme.wrong, 2, []);
  }
}
