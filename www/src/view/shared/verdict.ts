/** What a network answers to a sample after a time step, in words. */
import { html, render } from 'lit-html';
import type { Probe } from '../../worker/protocol';
import { answerAt } from './evidence';
import { percent } from './part';

/** So close to an even share evidence says nothing. */
const FLAT = 1e-4;

function answerOf(probe: Probe, classes: readonly string[], step: number | undefined): number {
  return answerAt({ evidence: probe.evidence, steps: probe.steps, classes }, step ?? probe.steps - 1);
}

/** Where nothing has arrived all classes are alike, and the first of them is no answer. */
function isFlat(probe: Probe, share: number): boolean {
  return share <= 1 / probe.classes + FLAT;
}

function shareOf(probe: Probe, answer: number, step: number | undefined): number {
  return probe.evidence[(step ?? probe.steps - 1) * probe.classes + answer] ?? 0;
}

function isRight(probe: Probe, classes: readonly string[], step: number | undefined): boolean {
  const answer = answerOf(probe, classes, step);
  return probe.unsure === undefined && answer === probe.label && !isFlat(probe, shareOf(probe, answer, step));
}

/** `step`: the time step that is shown, from 0; missing: the last. */
export function showVerdict(element: HTMLElement, probe: Probe, classes: readonly string[], step: number | undefined): void {
  const answer = answerOf(probe, classes, step);
  const share = shareOf(probe, answer, step);
  const when = probe.unsure !== undefined || probe.steps === 1 ? '' : `After time step ${(step ?? probe.steps - 1) + 1}: `;
  const words = isFlat(probe, share) ? 'no evidence yet' : `${answer === probe.label ? '✓' : '✗'} ${classes[answer] ?? ''}, ${percent(share, 0)} sure`;
  // Where there is little room the slider alone says which step it is.
  render(html`<span class="when">${when}</span>${probe.unsure ?? words}`, element);
  element.dataset.answer = isRight(probe, classes, step) ? 'right' : 'wrong';
}
