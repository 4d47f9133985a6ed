/** The held-out samples of the Train view's run, and what its network answers to them, pass after pass. */
import { NOT_ASKED } from '../state/core-settings';
import type { DataInfo, DataName, EvaluationReport } from '../worker/protocol';
import type { Desk } from './desk';
import { HeldOutClouds } from './held-out-clouds';
import type { Slot } from './slot';
import type { RunHistory } from './history';

/** A call that takes this long keeps the overhead small and the page lively. */
const CALL_MS = 100;
const FIRST_SLICE = 64;
const MAX_SLICE = 512;
/** While training, answers are kept fresh on so many held-out samples; whole passes are made at rest and after epochs. */
const ROLLING = 512;

export class HeldOut {
  /** `[samples * channels * height * width]`, greys or colours; empty where the samples are clouds. */
  images: Uint8Array = new Uint8Array(0);
  /** Where the samples are clouds. */
  clouds: HeldOutClouds | undefined;
  /** The true classes. */
  labels: Uint8Array = new Uint8Array(0);
  /** The data set that they are of, while they are there. */
  dataName: DataName | undefined;
  /** The newest answer to each sample. */
  answers = new Uint8Array(0);
  confidences = new Float32Array(0);
  /** The newest numbers; they cover `done` of `total` samples. */
  evaluation: EvaluationReport | undefined;
  /** The step whose weights gave `evaluation`. */
  evaluationStep = 0;
  /** Time that has gone into answers; whoever shares the time out sets it back. */
  spentMs = 0;
  private slice = FIRST_SLICE;
  /** Samples that the pass under way has answered. */
  private done = 0;
  /** Passes begun so far. */
  private passes = 0;
  /** The step whose weights the pass under way began with, and keeps. */
  private passStep = 0;

  /** The samples of another data set will come. */
  forgetSamples(): void {
    this.images = new Uint8Array(0);
    this.clouds = undefined;
    this.labels = new Uint8Array(0);
    this.dataName = undefined;
  }

  /** Fetches the samples of a data set, unless they are there; `arrived` is called when clouds come later. */
  async load(desk: Desk, data: DataInfo, arrived: () => void): Promise<void> {
    if (this.known) return;
    if (data.form === 'cloud') {
      this.labels = await desk.heldOutLabels(data.name, 0, data.heldOut);
      this.clouds = new HeldOutClouds(desk, data, arrived);
    } else Object.assign(this, await desk.heldOut(data.name, 0, data.heldOut));
    this.dataName = data.name;
  }

  /** Whether the samples are there. */
  get known(): boolean {
    return this.labels.length > 0;
  }

  /** Another network will answer. */
  forgetAnswers(samples: number): void {
    this.answers = new Uint8Array(samples).fill(NOT_ASKED);
    this.confidences = new Float32Array(samples);
    this.evaluation = undefined;
    this.evaluationStep = 0;
  }

  /** The run goes on from a step once more: answers of a later one are none of it. */
  rewind(step: number): void {
    if (this.evaluationStep > step) this.forgetAnswers(this.answers.length);
  }

  /** How long answers take is no longer known. */
  forgetPace(): void {
    this.slice = FIRST_SLICE;
  }

  /** The next answers are the first of a pass, whatever is under way. */
  restart(): void {
    this.done = 0;
    this.passes += 1;
  }

  /** Whether a pass has begun and has not ended. */
  get midway(): boolean {
    return this.done > 0;
  }

  /** The next answers of a pass, which is whole or a rolling one; the end of a whole pass becomes a point of the curves, at the step it began with. */
  async next(slot: Slot, run: { readonly step: number; readonly history: RunHistory }, whole: boolean): Promise<void> {
    const { done: from, passes } = this;
    const limit = whole ? this.answers.length : Math.min(ROLLING, this.answers.length);
    const start = performance.now();
    const report = await slot.evaluate(0, from, Math.min(this.slice, limit - from));
    if (passes !== this.passes) return;
    if (report.from !== from) {
      // Another view had the core meanwhile and the pass is lost; two that began anew by turns would never end.
      this.restart();
      return;
    }
    const spent = performance.now() - start;
    if (from === 0) this.passStep = run.step;
    this.spentMs += spent;
    const sampleMs = spent / Math.max(1, report.done - from);
    this.slice = Math.min(MAX_SLICE, Math.max(16, Math.round(CALL_MS / sampleMs)));
    this.answers.set(report.answers, from);
    this.confidences.set(report.confidences, from);
    const ended = report.done >= limit;
    // Half a pass after a whole one would make the matrix flicker between few and many samples.
    if (ended || this.evaluation === undefined || report.done >= this.evaluation.done) {
      this.evaluation = report;
      this.evaluationStep = this.passStep;
    }
    if (report.done === report.total) run.history.addHeldOut(this.passStep, report.loss, report.accuracy);
    this.done = ended ? 0 : report.done;
  }
}
