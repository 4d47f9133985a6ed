/** What a network makes of the image, the cloud or the recording that a person brought: one question at a time, the newest wins. */
import { PHOTO_SIDE, SHIPPED } from '../state/core-settings';
import { Emitter } from '../state/emitter';
import { BROUGHT_WORDS, networkForm } from '../state/forms';
import { shownName } from '../state/names';
import { CLASSIFIERS, type Classifier } from '../state/settings';
import type { Store } from '../state/store';
import { UPS, type Up } from '../worker/reader';
import type { DataForm, DataName, LayerInfo, NetworkKind, Probe, SeenImage, SessionConfig, SpikeKind } from '../worker/protocol';
import { RunInterrupted, type Desk } from './desk';
import { ImageRefused, readImage, type Pixels } from './image';
import { handled, isPhotographed, UNTOUCHED, type Hand, type ReadPhoto } from './photo';
import type { ShapeReading } from './shape-reading';
import type { NeuronSays } from './lane';
import { seenOf } from './seen';
import type { TrainRun } from './train';

export type ClassifyStatus = 'ready' | 'busy' | 'answered' | 'refused';

/** The photograph that was brought last, whether anything on it is answered or not. */
export interface Photograph {
  readonly whole: Pixels;
  readonly hand: Hand;
  /** As the hand has left it. */
  readonly image: Pixels;
  /** What is on it, once it is known. */
  readonly read?: ReadPhoto;
}

/** What networks take. */
export type Form = DataForm;

export interface ImageQuestion {
  readonly form: 'image';
  readonly image: Pixels;
  /** Where it came as a file: the whole of it, and what a hand made of it. It is read as a photograph where the network takes digits. */
  readonly file?: { readonly whole: Pixels; readonly hand: Hand };
  /** Where it is a sample of a data set, that set and the sample as it stands there: nothing is cropped and centred a second time. */
  readonly sample?: { readonly data: DataName; readonly seen: SeenImage };
  /** The class that it is of, where that is known. */
  readonly truth?: string;
}

export interface CloudQuestion {
  readonly form: 'cloud';
  /** `[points * 3]`, z up, in the unit ball. */
  readonly points: Float32Array;
  /** What it is, in words. */
  readonly label: string;
  /** How the file was read that it comes from, if it comes from one. */
  readonly reading?: ShapeReading;
  /** The class that it is of, where that is known. */
  readonly truth?: string;
}

export interface RecordingQuestion {
  readonly form: 'recording';
  /** As its file has it. */
  readonly bytes: Uint8Array;
  /** What it is, in words. */
  readonly label: string;
  /** The class that it is of, where that is known. */
  readonly truth?: string;
}

export type Question = ImageQuestion | CloudQuestion | RecordingQuestion;

interface AnswerBase {
  readonly by: Classifier;
  /** Training steps of the network that was trained here; 0 for one that ships. */
  readonly step: number;
  readonly probe: Probe;
  /** What the network that answered was trained on, and what it calls its classes. */
  readonly data: { readonly name: DataName; readonly classes: readonly string[] };
  readonly kind: SpikeKind;
  /** How its potentials go on. */
  readonly dynamics: Pick<SessionConfig, 'threshold' | 'reset'>;
  /** The shape of the network that answered, and its layers. */
  readonly network: NetworkKind;
  readonly layers: readonly LayerInfo[];
}

/** What the network makes of a shape that stands with an axis of its file up. */
export interface Standing {
  readonly up: Up;
  /** The class with the most evidence, and its probability; undefined where the network gave no answer. */
  readonly best: { readonly answer: number; readonly confidence: number } | undefined;
}

export interface CloudAnswer extends AnswerBase, CloudQuestion {
  /** Where the shape comes from a file: what is known so far of the ways in which it may stand. */
  readonly standings: readonly Standing[];
}

export type RecordingAnswer = AnswerBase & RecordingQuestion;

export type ImageAnswer = AnswerBase & ImageQuestion & { readonly seen: SeenImage; readonly photo?: ReadPhoto };

export type Answer = CloudAnswer | RecordingAnswer | ImageAnswer;

/** What a neuron says in the pass that was answered. */
interface Heard extends Omit<NeuronSays, 'sample'> {
  readonly probe: Probe;
}

/** A photograph with what was read on it, if it was read as one. */
function photographOf({ whole, hand, image }: Photograph, read: ReadPhoto | undefined): Photograph {
  return { whole, hand, image, ...(read === undefined ? {} : { read }) };
}

/** The known standings with one more, or another, in the order of the axes. */
function withStanding(known: readonly Standing[], up: Up, probe: Probe | undefined): readonly Standing[] {
  const best = probe === undefined || probe.unsure !== undefined ? undefined : { answer: probe.answer, confidence: probe.confidence };
  const all = [...known.filter((standing) => standing.up !== up), { up, best }];
  return UPS.flatMap((axis) => all.find((standing) => standing.up === axis) ?? []);
}

/** What is known of how a shape stands once its first answer is there: of the same shape, all that the same network said before. */
function standingsOf({ reading }: CloudQuestion, base: AnswerBase, before: Answer | undefined): readonly Standing[] {
  if (reading === undefined) return [];
  const isSame = before?.form === 'cloud' && before.reading?.clouds === reading.clouds && before.layers === base.layers && before.step === base.step;
  return withStanding(isSame ? before.standings : [], reading.up, base.probe);
}

const SHIPPED_FOR = { image: 'mnist', cloud: 'furniture' } as const;

/** None that ships takes a recording. */
const NO_TAKER = 'A recording of an event camera is for the network of the Train view, once it has learnt from recordings of your own, or from images with the '
  + 'event camera as their input over time. Train one there, and bring it again.';

export class Classification extends Emitter {
  status: ClassifyStatus = 'ready';
  /** The last question that could be answered; a later refusal does not take the answer away. */
  answer: Answer | undefined;
  photograph: Photograph | undefined;
  /** What was asked last, whether it has an answer or not. */
  question: Question | undefined;
  /** What the neuron that was listened to last says. */
  said: Heard | undefined;
  /** Answers given so far. */
  answers = 0;
  /** Why the newest question has no answer. */
  refusal = '';
  /** The network that was left because it does not take what was brought. */
  left: Classifier | undefined;
  private asked = 0;
  private work: Promise<void> = Promise.resolve();
  /** The networks that were left because they take something else, to go back to. */
  private readonly lastFor: Record<Form, Classifier> = { ...SHIPPED_FOR, recording: 'trained' };

  constructor(private readonly desk: Desk, private readonly store: Store, private readonly training: TrainRun) {
    super();
    store.subscribe((state, before) => {
      if (state.classifier === before.classifier) return;
      this.left = undefined;
      const { question } = this;
      if (question === undefined) return;
      if (this.takes(question.form)) this.find(question);
      // What was brought is nothing for this network; it is asked again when one is chosen that takes it.
      else this.rest();
    });
  }

  /** The network that answers: the one that was asked for, or while nothing has been trained, the one that ships for its data. */
  get classifier(): Classifier {
    const { classifier } = this.store.state;
    if (classifier !== 'trained' || this.training.step > 0) return classifier;
    const { data } = this.config;
    return CLASSIFIERS.find((name) => name === data) ?? SHIPPED_FOR[networkForm(this.config.network)];
  }

  get data(): DataName {
    const { classifier } = this;
    return classifier === 'trained' ? this.config.data : classifier;
  }

  /** What the network that answers takes. */
  get form(): Form {
    const { classifier } = this;
    if (classifier === 'trained') return this.trainedForm;
    return classifier === 'furniture' ? 'cloud' : 'image';
  }

  /** Whether the network that answers takes pictures in colour, and no drawings in ink. */
  get inColour(): boolean {
    const { data } = this;
    const { channels } = (data === 'own' ? this.training.data : SHIPPED[data]) ?? { channels: 1 };
    return channels > 2;
  }

  /** The network that was last asked about such things; what is trained here may have become another since. */
  private takerOf(form: Form): Classifier | undefined {
    const last = this.lastFor[form];
    if (last !== 'trained' || (this.training.step > 0 && this.trainedTakes(form))) return last;
    return form === 'recording' ? undefined : SHIPPED_FOR[form];
  }

  private get trainedForm(): Form {
    const { data, network } = this.config;
    return (data === 'own' ? this.training.data?.form : undefined) ?? networkForm(network);
  }

  /** Whether the network that was trained here takes it: one that learnt from a simulated event camera takes what a real one recorded. */
  private trainedTakes(form: Form): boolean {
    return form === this.trainedForm || (form === 'recording' && this.config.encoding === 'saccades');
  }

  /** Whether the network that answers takes it. */
  private takes(form: Form): boolean {
    return this.classifier === 'trained' ? this.trainedTakes(form) : form === this.form;
  }

  /** The run of the network that was trained here: the settings may have been changed since. */
  private get config(): SessionConfig {
    return this.training.info?.config ?? this.store.state.config;
  }

  /** Asks about a file that holds an image; `otherwise` is said where it holds none. */
  async askFile(file: Blob, name: string, otherwise?: string): Promise<void> {
    const asked = this.wait();
    try {
      const whole = await readImage(file, name, isPhotographed(this.data) ? PHOTO_SIDE : undefined);
      if (asked === this.asked) this.askPhotograph(whole, UNTOUCHED);
    } catch (error) {
      if (asked === this.asked) this.refuse(otherwise ?? (error instanceof ImageRefused ? error.message : `${shownName(name)} could not be read.`));
    }
  }

  /** Asks about an image that came as a file, after what a hand did to it. */
  askPhotograph(whole: Pixels, hand: Hand): void {
    this.ask({ form: 'image', image: handled(whole, hand), file: { whole, hand } });
  }

  /** Shows another digit of the photograph. */
  choose(chosen: number): void {
    const { answer } = this;
    if (answer?.form !== 'image' || answer.photo === undefined) return;
    const { report, probes } = answer.photo;
    const [digit, probe] = [report.digits[chosen], probes[chosen]];
    if (digit === undefined || probe === undefined) return;
    const photo = { report, probes, chosen };
    this.answer = { ...answer, seen: digit.seen, probe, photo };
    if (this.photograph !== undefined) this.photograph = { ...this.photograph, read: photo };
    this.tell();
  }

  /** Asks what a neuron says in the pass that was answered. */
  async listen(layer: number, neuron: number): Promise<void> {
    const { answer, said } = this;
    if (answer === undefined || (said?.probe === answer.probe && said.layer === layer && said.neuron === neuron)) return;
    const { probe, by, step } = answer;
    // Other weights say other things.
    if (by === 'trained' && step !== this.training.step) return;
    const seen = seenOf(probe);
    const asking = by === 'trained' ? this.training.slot.says(0, seen, 0, layer, neuron) : this.desk.saysPretrained(by, seen, layer, neuron);
    const values = await asking;
    if (this.answer?.probe !== probe) return;
    this.said = { probe, layer, neuron, values };
    this.tell();
  }

  /** Asks again where the network that answered has been trained on since. */
  refresh(): void {
    const { answer, question } = this;
    if (answer?.by !== 'trained' || question === undefined || answer.step === this.training.step) return;
    if (this.takes(question.form)) this.find(question);
    else this.rest();
  }

  ask(question: Question): void {
    const taker = this.takerOf(question.form);
    if (taker === undefined) {
      this.refuse(NO_TAKER);
      return;
    }
    const file = question.form === 'image' ? question.file : undefined;
    this.photograph = file === undefined || question.form !== 'image' ? undefined : { ...file, image: question.image };
    this.question = question;
    this.left = undefined;
    if (this.takes(question.form)) {
      this.find(question);
      return;
    }
    const left = this.classifier;
    this.lastFor[this.form] = left;
    // The change of the network asks the question.
    this.store.update({ classifier: taker });
    this.left = left;
    this.tell();
  }

  /** Something new is on its way; what was asked before gets no answer any more. The number tells whether it is still the newest. */
  wait(): number {
    this.asked += 1;
    this.set('busy');
    return this.asked;
  }

  isNewest(asked: number): boolean {
    return asked === this.asked;
  }

  /** Back to nothing asked. */
  forget(): void {
    this.question = undefined;
    this.photograph = undefined;
    this.rest();
  }

  /** What was on its way has been given up: the answer before, if there is one, is the newest again. */
  giveUp(): void {
    this.asked += 1;
    this.set(this.answer === undefined ? 'ready' : 'answered');
  }

  /** Says why what came last has no answer; an older question that is still under way gets none either. */
  refuse(reason: string): void {
    this.asked += 1;
    this.refusal = reason;
    this.set('refused');
  }

  private rest(): void {
    this.asked += 1;
    this.answer = undefined;
    this.set('ready');
  }

  private find(question: Question): void {
    const asked = this.wait();
    // Whoever waits here is left out once something newer has come.
    this.work = this.work.then(() => (asked === this.asked ? this.answerTo(question, asked) : undefined));
  }

  private async answerTo(question: Question, asked: number): Promise<void> {
    const { classifier, data: name, training } = this;
    const step = classifier === 'trained' ? training.step : 0;
    try {
      // The network is enough to answer: what it was trained on, which takes longer to come, is not waited for.
      const classes = name === 'own' ? (await this.desk.dataInfo(name)).classes : SHIPPED[name].classes;
      const photo = question.form === 'image' && question.file !== undefined && isPhotographed(name)
        ? await this.readPhoto(classifier, name, question, question.file.hand, asked) : undefined;
      if (asked !== this.asked) return;
      if (this.photograph !== undefined) this.photograph = photographOf(this.photograph, photo);
      if (photo?.probes.length === 0) {
        this.refuse('The image is blank, or nothing in it could be a digit. Crop or turn it, or say what its ink is, above.');
        return;
      }
      const seen = question.form === 'image' ? photo?.report.digits[0]?.seen ?? await this.seen(name, question) : undefined;
      const probe = photo?.probes[0] ?? await this.through(classifier, question, seen);
      const { config, layers } = classifier === 'trained'
        ? { config: this.config, layers: training.info?.layers ?? [] }
        : await this.desk.pretrainedInfo(classifier);
      if (asked !== this.asked) return;
      const base: AnswerBase = {
        by: classifier, step, probe, data: { name, classes }, kind: config.spike, dynamics: config, network: config.network, layers,
      };
      const { answer: before } = this;
      if (question.form === 'cloud') this.answer = { ...question, ...base, standings: standingsOf(question, base, before) };
      else if (question.form === 'recording') this.answer = { ...question, ...base };
      else if (seen !== undefined) this.answer = { ...question, ...base, seen, ...(photo === undefined ? {} : { photo }) };
      this.answers += 1;
      this.set('answered');
      if (question.form === 'cloud') await this.tryAxes(classifier, question, asked);
    } catch (error) {
      if (asked !== this.asked) return;
      if (error instanceof RunInterrupted) this.refuse(`${error.message} Show the ${BROUGHT_WORDS[question.form]} again.`);
      else this.refuse(error instanceof Error ? error.message : String(error));
    }
  }

  /** Asks about the shape with every other axis up; an answer stands already, and is not lost where one of these fails. */
  private async tryAxes(classifier: Classifier, question: CloudQuestion, asked: number): Promise<void> {
    const { reading } = question;
    if (reading === undefined) return;
    for (const up of UPS) {
      if (this.answer?.form !== 'cloud' || this.answer.standings.some((standing) => standing.up === up)) continue;
      const probe = await this.through(classifier, { ...question, points: reading.clouds[up] }, undefined).catch(() => undefined);
      if (asked !== this.asked) return;
      this.answer = { ...this.answer, standings: withStanding(this.answer.standings, up, probe) };
      this.tell();
    }
  }

  private async seen(name: DataName, { image: { rgba, width, height }, sample }: ImageQuestion): Promise<SeenImage> {
    return sample?.data === name ? sample.seen : this.desk.see(name, rgba, width, height);
  }

  /** Every digit on a photograph, and the answers to them. */
  private async readPhoto(classifier: Classifier, name: DataName, question: ImageQuestion, { ink }: Hand, asked: number): Promise<ReadPhoto> {
    const { rgba, width, height } = question.image;
    const report = await this.desk.readPhoto(name, rgba, width, height, ink);
    const probes: Probe[] = [];
    for (const { seen } of report.digits) {
      // Something newer is waiting.
      if (asked !== this.asked) break;
      probes.push(await this.through(classifier, question, seen));
    }
    return { report, probes, chosen: 0 };
  }

  private through(classifier: Classifier, question: Question, seen: SeenImage | undefined): Promise<Probe> {
    const { slot } = this.training;
    if (question.form === 'cloud') return classifier === 'trained' ? slot.classifyCloud(0, question.points)
      : this.desk.classifyCloud(classifier, question.points);
    if (question.form === 'recording') return slot.classifyRecording(0, question.bytes);
    const pixels = seen?.pixels ?? new Float32Array();
    return classifier === 'trained' ? slot.classify(0, pixels) : this.desk.classifyPretrained(classifier, pixels);
  }

  private set(status: ClassifyStatus): void {
    this.status = status;
    if (status !== 'refused') this.refusal = '';
    this.tell();
  }
}
