/** What a network makes of the image that a person brought: one question at a time, the newest wins. */
import type { Classifier } from '../state/settings';
import type { Store } from '../state/store';
import type { DataInfo, DataName, LayerInfo, Probe, SeenImage, SessionConfig, SpikeKind } from '../worker/protocol';
import { RunInterrupted, type Desk } from './desk';
import { ImageRefused, readImage, type Pixels } from './image';
import type { TrainRun } from './train';

export type ClassifyStatus = 'ready' | 'busy' | 'answered' | 'refused';

export interface Answer {
  readonly image: Pixels;
  readonly seen: SeenImage;
  readonly probe: Probe;
  readonly data: DataInfo;
  readonly kind: SpikeKind;
  /** The layers of the network that answered. */
  readonly layers: readonly LayerInfo[];
}

export class Classification {
  status: ClassifyStatus = 'ready';
  /** The last image that could be answered; a later refusal does not take it away. */
  answer: Answer | undefined;
  /** Answers given so far. */
  answers = 0;
  /** Why the newest image has no answer. */
  refusal = '';
  private image: Pixels | undefined;
  private asked = 0;
  private work: Promise<void> = Promise.resolve();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly desk: Desk, private readonly store: Store, private readonly training: TrainRun) {
    store.subscribe((state, before) => {
      if (state.classifier !== before.classifier && this.image !== undefined) this.ask(this.image);
    });
  }

  subscribe(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** The network that answers: the one that was asked for, or while nothing has been trained, the one that ships for its data. */
  get classifier(): Classifier {
    const { classifier } = this.store.state;
    return classifier === 'trained' && this.training.step === 0 ? this.config.data : classifier;
  }

  get data(): DataName {
    const { classifier } = this;
    return classifier === 'trained' ? this.config.data : classifier;
  }

  /** The run of the network that was trained here: the settings may have been changed since. */
  private get config(): SessionConfig {
    return this.training.info?.config ?? this.store.state.config;
  }

  async askFile(file: Blob, name: string): Promise<void> {
    this.asked += 1;
    const asked = this.asked;
    this.set('busy');
    try {
      const image = await readImage(file, name);
      if (asked === this.asked) this.ask(image);
    } catch (error) {
      if (asked === this.asked) this.refuse(error instanceof ImageRefused ? error.message : `${name} could not be read.`);
    }
  }

  ask(image: Pixels): void {
    this.asked += 1;
    const asked = this.asked;
    this.image = image;
    this.set('busy');
    // Whoever waits here is left out once something newer has come.
    this.work = this.work.then(() => (asked === this.asked ? this.find(image, asked) : undefined));
  }

  /** Back to nothing asked. */
  forget(): void {
    this.asked += 1;
    this.image = undefined;
    this.answer = undefined;
    this.set('ready');
  }

  /** Says why what came last has no answer; an older question that is still under way gets none either. */
  refuse(reason: string): void {
    this.asked += 1;
    this.refusal = reason;
    this.set('refused');
  }

  private async find(image: Pixels, asked: number): Promise<void> {
    const { classifier, data: name } = this;
    try {
      const data = await this.desk.dataInfo(name);
      const seen = await this.desk.see(name, image.rgba, image.width, image.height);
      const { pixels } = seen;
      const probe = classifier === 'trained' ? await this.training.slot.classify(0, pixels) : await this.desk.classifyPretrained(name, pixels);
      const { training } = this;
      const [kind, layers] = classifier === 'trained'
        ? [this.config.spike, training.info?.layers ?? []] as const
        : await this.desk.pretrainedInfo(name).then((info) => [info.config.spike, info.layers] as const);
      if (asked !== this.asked) return;
      this.answer = { image, seen, probe, data, kind, layers };
      this.answers += 1;
      this.set('answered');
    } catch (error) {
      if (asked !== this.asked) return;
      if (error instanceof RunInterrupted) this.refuse(`${error.message} Show the image again.`);
      else this.refuse(error instanceof Error ? error.message : String(error));
    }
  }

  private set(status: ClassifyStatus): void {
    this.status = status;
    if (status !== 'refused') this.refusal = '';
    for (const listener of this.listeners) listener();
  }
}
