/** What the network sees of a shape: the cloud to turn, what was read, and how it is read. */
import type { CloudAnswer } from '../../run/classification';
import { COUNTS, FEW, type ShapeDesk } from '../../run/shape';
import type { ShapeReading } from '../../run/shape-reading';
import type { ShapeFormat } from '../../worker/reader';
import { UpChoice } from './up';
import { madeLike } from './words';
import { CloudView } from '../cloud/view';
import { freshId, h, say } from '../shared/element';
import { counted, grouped } from '../shared/part';

/** A length in whatever unit the file has. */
function lengthWords(length: number): string {
  const rounded = Number(length.toPrecision(3));
  return Math.abs(rounded) < 1000 ? String(rounded) : grouped(rounded);
}

const FORMAT_WORDS: Record<ShapeFormat, string> = { off: 'OFF', ply: 'PLY', obj: 'OBJ', stl: 'STL', pcd: 'PCD', xyz: 'lines of numbers', npy: 'NPY' };

/** "chair.obj, read as OBJ, is a mesh of 686 points and 750 faces, from whose surface points are drawn. It measures ..." */
function readWords({ name, info }: ShapeReading): string {
  const { format, mesh, points, faces, extents } = info;
  const what = mesh ? `a mesh of ${counted(points, 'point')} and ${counted(faces, 'face')}, from whose surface points are `
    + `drawn` : `a cloud of ${counted(points, 'point')}`;
  return `${name}, read as ${FORMAT_WORDS[format]}, is ${what}. It measures ${extents.map(lengthWords).join(' by ')} along x, y and z, in its own unit.`;
}

/** What makes the answer worth less than it seems. */
function doubtWords({ info, count, different }: ShapeReading): readonly string[] {
  const repeated = info.mesh || info.points >= count ? [] : [`It has fewer points than the ${grouped(count)} taken, so points are repeated.`];
  const few = different >= FEW ? [] : [`Only ${grouped(different)} of them are different: so few points hardly make a shape.`];
  return [...repeated, ...few];
}

export class SeenCloud {
  readonly element: HTMLElement;
  private view: CloudView | undefined;
  private before: CloudView | undefined;
  private readonly place = h('div', {});
  private readonly read = h('p', { class: 'caption', 'data-test': 'shape-read' });
  private readonly notes = h('p', { class: 'caption', 'data-test': 'shape-notes' });
  private readonly made = h('p', { class: 'caption' });
  private readonly up: UpChoice;
  private readonly count: HTMLSelectElement;
  private readonly fields: HTMLElement;
  private reading: ShapeReading | undefined;

  constructor(shapes: ShapeDesk) {
    const countId = freshId('points');
    this.up = new UpChoice((reading, up) => { shapes.stand(reading, up); });
    this.count = h('select', { id: countId, 'data-test': 'points' }, ...COUNTS.map((count) => h('option', { value: count, text: grouped(count) })));
    this.count.addEventListener('change', () => {
      if (this.reading !== undefined) void shapes.recount(this.reading, Number(this.count.value));
    });
    this.fields = h('div', { class: 'shape-fields' }, this.up.element,
      h('span', { class: 'field-inline' }, h('label', { for: countId, text: 'Points taken' }), this.count));
    this.element = h('div', { class: 'seen-cloud' }, this.place, this.fields, this.read, this.notes, this.made);
  }

  draw(answer: CloudAnswer, step: number | undefined, isBusy: boolean): void {
    const { probe, reading, label, data } = answer;
    if (this.view === undefined) {
      this.view = new CloudView(this.before);
      this.place.replaceChildren(this.view.element);
    }
    const { cloud } = probe;
    this.view.draw({
      points: cloud?.points ?? answer.points, steps: probe.steps, step, label,
      ...(cloud === undefined ? {} : { rates: cloud.rates, winners: cloud.winners }),
    });
    this.reading = reading;
    this.fields.hidden = reading === undefined;
    say(this.made, `It is ${madeLike(data.name)}.`);
    say(this.read, reading === undefined ? '' : readWords(reading));
    say(this.notes, reading === undefined ? '' : [...doubtWords(reading), ...reading.info.notes].join(' '));
    if (reading === undefined) return;
    this.up.draw(answer, reading, isBusy);
    this.count.value = String(reading.count);
  }

  /** Gives the GPU back until a cloud is drawn again. */
  letGo(): void {
    if (this.view === undefined) return;
    this.view.letGo();
    this.before = this.view;
    this.view = undefined;
    this.place.replaceChildren();
  }
}
