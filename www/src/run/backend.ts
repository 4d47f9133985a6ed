/**
 * Chooses what computes: the CPU (Flex) from the start; WebGPU where a real GPU does the present run faster, or where a
 * person asks for it. Always says which, and why.
 */
import * as Comlink from 'comlink';
import { Emitter } from '../state/emitter';
import type { Store } from '../state/store';
import { DEFAULT_CONFIG, sameConfig, type BackendChoice } from '../state/settings';
import { LabClient } from '../worker/client';
import { WorkerDied } from '../worker/fault';
import { LimitPassed, within } from '../worker/limit';
import { WARM_UP_STEPS, type AdapterReport, type BackendName, type Build, type SessionConfig } from '../worker/protocol';
import { BASE, type Desk } from './desk';
import type { Notices } from './notices';
import { OwnDataMissing } from './own-shelf';

export const BACKEND_WORDS: Record<BackendName, string> = { flex: 'CPU', webgpu: 'WebGPU' };

/** Settings that were still being changed are not worth a measurement. */
const QUIET_MS = 1500;
/** A backend that is silent for this long while it starts, or has not finished its trial by then, is waited for no longer. */
const LIMIT_MS = 30_000;
/** Training steps that a trial takes at the least. */
const TRIAL_STEPS = WARM_UP_STEPS + 1;
const LATE = `did not finish ${TRIAL_STEPS} training steps in ${LIMIT_MS / 1000} seconds`;

/** What a trial was to run is refused, wherever it runs: the view whose run it is says so. */
class SettingsRefused extends Error {
  override readonly name = 'SettingsRefused';
}

export class BackendControl extends Emitter {
  /** Why the present backend is the one that runs. */
  reason = 'it can start at once';
  private adapter: AdapterReport | undefined;
  private work: Promise<void> = Promise.resolve();
  private measuredFor: SessionConfig | undefined;
  private considered = false;
  /** The choice is being set back to what runs, which asks for nothing. */
  private settling = false;
  private timer = 0;

  constructor(private readonly desk: Desk, private readonly store: Store, private readonly notices: Notices) {
    super();
    desk.listen({
      backend: () => { this.tell(); },
      death: ({ on, reason }) => {
        if (on === 'webgpu') this.lose(reason);
      },
    });
    store.subscribe((state, before) => {
      if (this.settling) return;
      if (state.backend !== before.backend) this.apply(state.backend);
      else if (state.config !== before.config && state.backend === 'auto') this.measureSoon();
    });
  }

  get name(): BackendName {
    return this.desk.backend;
  }

  /** "Runs on the CPU: this browser offers no WebGPU here." */
  get sentence(): string {
    return `Runs on ${this.name === 'flex' ? 'the CPU' : 'WebGPU'}: ${this.reason}.`;
  }

  /** Called by each view once its first network stands: looks for something faster without holding it up. */
  considerOnce(): void {
    if (!this.considered) this.consider();
  }

  private consider(): void {
    this.considered = true;
    this.apply(this.store.state.backend);
  }

  private apply(choice: BackendChoice): void {
    this.measuredFor = undefined;
    this.notices.dismiss('backend');
    if (choice === 'auto') this.queue(() => this.measure());
    else this.queue(() => this.take(choice));
  }

  private measureSoon(): void {
    if (this.adapter?.kind !== 'gpu') return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => { this.queue(() => this.measure()); }, QUIET_MS);
  }

  private queue(work: () => Promise<void>): void {
    this.work = this.work.then(work).catch((error: unknown) => {
      this.because(`the other backend failed (${messageOf(error).replace(/\.$/, '')})`);
      this.notices.show({
        name: 'backend',
        kind: 'warning',
        text: `${BACKEND_WORDS[this.name]} goes on computing, because the other backend failed: ${messageOf(error)}`,
        actions: [{ label: 'Try again', run: () => { this.consider(); } }],
      });
    });
  }

  private async measure(): Promise<void> {
    const config = trialOf(this.store.state.config);
    if (this.measuredFor !== undefined && sameConfig(config, this.measuredFor)) return;
    this.adapter ??= await this.desk.adapter();
    if (this.adapter.kind !== 'gpu') {
      await this.switchTo('flex');
      this.because(this.adapter.kind === 'none'
        ? this.adapter.name
        : `the only WebGPU adapter is software (${this.adapter.name}), which is slower`);
      return;
    }
    const { reason } = this;
    this.because(`measuring whether the GPU (${this.adapter.name}) is faster`);
    try {
      await this.takeFaster(config, this.adapter.name);
      this.measuredFor = config;
    } catch (error) {
      if (!(error instanceof SettingsRefused)) throw error;
      this.because(reason);
    }
  }

  /** Runs the same on both backends, and takes the faster one. */
  private async takeFaster(config: SessionConfig, adapter: string): Promise<void> {
    const flex = await this.trial('cpu', 'flex', config);
    flex.client.dispose();
    const webgpu = await this.trial('webgpu', 'webgpu', config);
    const faster = webgpu.stepMs < flex.stepMs ? 'webgpu' : 'flex';
    if (faster === 'webgpu' && this.name !== 'webgpu') await this.adopt(webgpu.client, 'webgpu', 'webgpu');
    else webgpu.client.dispose();
    await this.switchTo(faster);
    const gpu = `WebGPU (${adapter})`;
    this.because(faster === 'webgpu' ? compared(webgpu.stepMs, flex.stepMs, 'the CPU') : compared(flex.stepMs, webgpu.stepMs, gpu));
  }

  private async take(backend: BackendName): Promise<void> {
    if (backend === 'webgpu') {
      this.adapter = await this.desk.adapter();
      // Something else may have been chosen meanwhile.
      if (this.store.state.backend !== backend) return;
      if (this.adapter.kind === 'none') {
        this.stay(this.adapter.name);
        return;
      }
    }
    await this.switchTo(backend);
    this.because('chosen by hand');
  }

  /** There is nothing to run the other backend on. */
  private stay(why: string): void {
    this.showWhatRuns();
    this.because(why);
    this.notices.show({ name: 'backend', kind: 'warning', text: `${why.charAt(0).toUpperCase()}${why.slice(1)}, so `
      + `${this.name === 'flex' ? 'the CPU' : 'WebGPU'} goes on computing.` });
  }

  /** The worker ended while the GPU computed, which is the likeliest cause: the CPU, which cannot be lost, has taken over. */
  private lose(reason: string): void {
    const choice = this.store.state.backend === 'auto' ? 'auto' : 'webgpu';
    this.showWhatRuns();
    this.because('the worker stopped while WebGPU computed');
    this.notices.show({
      name: 'backend',
      kind: 'warning',
      text: `The worker stopped while WebGPU computed (${reason}), so the CPU has taken over.`,
      actions: [{ label: 'Try the GPU again', run: () => { this.store.update({ backend: choice }); } }],
    });
  }

  /** Sets the choice to the backend that computes, which asks for nothing. */
  private showWhatRuns(): void {
    this.settling = true;
    this.store.update({ backend: this.name }, 'replace');
    this.settling = false;
  }

  private async switchTo(backend: BackendName): Promise<void> {
    if (this.name === backend) return;
    const build: Build = backend === 'flex' ? 'cpu' : 'webgpu';
    await this.adopt(await this.started(build, backend), build, backend);
  }

  private async adopt(client: LabClient, build: Build, backend: BackendName): Promise<void> {
    try {
      await this.desk.adopt(client, build, backend);
    } catch (error) {
      client.dispose();
      throw error;
    }
  }

  private async trial(build: Build, backend: BackendName, config: SessionConfig): Promise<{ client: LabClient; stepMs: number }> {
    const client = await this.started(build, backend);
    try {
      await within(LIMIT_MS, silence(backend), (alive) => this.desk.handData(client, config.data, alive)).catch((error: unknown) => {
        throw error instanceof OwnDataMissing ? new SettingsRefused(error.message) : error;
      });
      return { client, stepMs: await this.timed(client, config) };
    } catch (error) {
      client.dispose();
      throw error;
    }
  }

  /** Milliseconds a step; infinitely many where the steps did not end in time, which is the end of their worker. */
  private async timed(client: LabClient, config: SessionConfig): Promise<number> {
    try {
      return await within(LIMIT_MS, LATE, async () => {
        await opened(client, config);
        return (await client.call((lab) => lab.time())).stepMs;
      });
    } catch (error) {
      if (!(error instanceof LimitPassed)) throw error;
      client.dispose();
      return Infinity;
    }
  }

  private async started(build: Build, backend: BackendName): Promise<LabClient> {
    const client = new LabClient();
    try {
      await within(LIMIT_MS, silence(backend), (alive) => client.call((lab) => lab.start(build, backend, BASE, Comlink.proxy(alive))));
    } catch (error) {
      client.dispose();
      throw error;
    }
    return client;
  }

  private because(reason: string): void {
    this.reason = reason;
    this.tell();
  }
}

/** What is run to learn a run's pace: without its ANN twin, which would have to be trained first, and the same whatever no step is longer or shorter for. */
function trialOf(config: SessionConfig): SessionConfig {
  const { rate, seed, epochs } = DEFAULT_CONFIG;
  return { ...config, contrast: 0, align: 0, rate, seed, epochs };
}

async function opened(client: LabClient, config: SessionConfig): Promise<void> {
  try {
    await client.call((lab) => lab.open([config]));
  } catch (error) {
    throw error instanceof WorkerDied ? error : new SettingsRefused(messageOf(error));
  }
}

function silence(backend: BackendName): string {
  return `${BACKEND_WORDS[backend]} did not start: nothing was heard of it for ${LIMIT_MS / 1000} seconds.`;
}

/** Why the backend with the first time was taken, and not the other. */
function compared(hereMs: number, thereMs: number, there: string): string {
  if (hereMs === Infinity) return `${there} ${LATE}, and neither did the CPU`;
  const here = `a step takes ${hereMs.toFixed(1)} ms here`;
  return thereMs === Infinity ? `${here}, and ${there} ${LATE}` : `${here} and ${thereMs.toFixed(1)} ms on ${there}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
