/**
 * Chooses what computes: the CPU (Flex) from the start; WebGPU where a real GPU does the present run faster, or where a
 * person asks for it. Always says which, and why.
 */
import * as Comlink from 'comlink';
import type { Store } from '../state/store';
import type { BackendChoice } from '../state/settings';
import { LabClient } from '../worker/client';
import type { AdapterReport, BackendName, Build, SessionConfig } from '../worker/protocol';
import { BASE, type Desk } from './desk';
import type { Notices } from './notices';

export const BACKEND_WORDS: Record<BackendName, string> = { flex: 'CPU', webgpu: 'WebGPU' };

/** Settings that were still being changed are not worth a measurement. */
const QUIET_MS = 1500;

export class BackendControl {
  /** Why the present backend is the one that runs. */
  reason = 'it can start at once';
  private adapter: AdapterReport | undefined;
  private work: Promise<void> = Promise.resolve();
  private measuredFor = '';
  private considered = false;
  private timer = 0;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly desk: Desk, private readonly store: Store, private readonly notices: Notices) {
    desk.listen({
      backend: () => { this.tell(); },
      death: ({ next }) => {
        if (next === 'flex') this.because('the worker had to be started anew');
      },
    });
    store.subscribe((state, before) => {
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

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
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
    this.measuredFor = '';
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
      this.notices.show({
        name: 'backend',
        kind: 'warning',
        text: `${BACKEND_WORDS[this.name]} goes on computing, because the other backend failed: ${messageOf(error)}`,
        actions: [{ label: 'Try again', run: () => { this.consider(); } }],
      });
    });
  }

  private async measure(): Promise<void> {
    const { config } = this.store.state;
    const cost = [config.data, config.network, config.widths, config.steps, config.batch].join();
    if (cost === this.measuredFor) return;
    this.adapter ??= await this.desk.adapter();
    if (this.adapter.kind !== 'gpu') {
      await this.switchTo('flex');
      this.because(this.adapter.kind === 'none'
        ? this.adapter.name
        : `the only WebGPU adapter is software (${this.adapter.name}), which is slower`);
      return;
    }
    this.because(`measuring whether the GPU (${this.adapter.name}) is faster`);
    const flex = await this.trial('cpu', 'flex', config);
    flex.client.dispose();
    const webgpu = await this.trial('webgpu', 'webgpu', config);
    this.measuredFor = cost;
    const faster = webgpu.stepMs < flex.stepMs ? 'webgpu' : 'flex';
    if (faster === 'webgpu' && this.name !== 'webgpu') await this.adopt(webgpu.client, 'webgpu', 'webgpu');
    else webgpu.client.dispose();
    await this.switchTo(faster);
    const [fast, slow] = [Math.min(webgpu.stepMs, flex.stepMs), Math.max(webgpu.stepMs, flex.stepMs)];
    this.because(`a step takes ${fast.toFixed(1)} ms here and ${slow.toFixed(1)} ms on ${faster === 'webgpu' ? 'the CPU' : `WebGPU (${this.adapter.name})`}`);
  }

  private async take(backend: BackendName): Promise<void> {
    await this.switchTo(backend);
    this.because('chosen by hand');
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
      const silent = Comlink.proxy(() => undefined);
      await client.call((lab) => lab.loadData(config.data, BASE, silent));
      const { stepMs } = await client.call((lab) => lab.time(config));
      return { client, stepMs };
    } catch (error) {
      client.dispose();
      throw error;
    }
  }

  private async started(build: Build, backend: BackendName): Promise<LabClient> {
    const client = new LabClient();
    const silent = Comlink.proxy(() => undefined);
    try {
      await client.call((lab) => lab.start(build, backend, BASE, silent));
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

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
