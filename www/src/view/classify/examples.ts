/** A strip of held-out samples to try: images or clouds that the network was never trained on. */
import type { App } from '../../app';
import type { Classification } from '../../run/classification';
import { fromPixels } from '../../run/image';
import { errorSentence } from '../../state/figures';
import type { DataInfo, DataName } from '../../worker/protocol';
import { drawThumbnail } from '../cloud/thumbnail';
import { h } from '../shared/element';
import { button } from '../shared/part';
import { Picture } from '../shared/picture';

const EXAMPLES = 10;

/** Which samples are shown: where they stand sorted by class, one here and there. */
function places(name: DataName, heldOut: number): number[] {
  const count = Math.min(EXAMPLES, heldOut);
  const mixed = name !== 'furniture' && name !== 'own';
  return Array.from({ length: count }, (_, i) => (mixed ? i : Math.floor(((i + 0.5) * heldOut) / count)));
}

export class Examples {
  readonly element = h('div', { class: 'strip examples', role: 'group', 'aria-label': 'Held-out samples to try' });
  /** Why there are none. */
  readonly missing = h('p', { class: 'said', role: 'alert', 'data-test': 'examples-missing' });
  private pictures: Picture[] = [];

  /** `show` is called before a sample is asked about. */
  constructor(private readonly app: App, private readonly work: Classification, private readonly show: () => void) {
    app.desk.listen({
      data: (name) => {
        if (this.element.dataset.data !== name) return;
        delete this.element.dataset.data;
        if (this.element.isConnected) this.follow();
      },
    });
  }

  /** Fetches the samples of the network's data, unless they stand there already. */
  follow(): void {
    if (this.element.dataset.data !== this.work.data) void this.fill(this.work.data);
  }

  private async fill(name: DataName): Promise<void> {
    this.element.dataset.data = name;
    this.missing.replaceChildren();
    const { desk, backend } = this.app;
    const { classifier } = this.work;
    let thumbs: (() => HTMLElement)[];
    try {
      // First the network, for what is drawn or dropped meanwhile; the samples come with their whole data set.
      if (classifier !== 'trained') await desk.pretrainedInfo(classifier);
      await desk.fetchAhead(name);
      const data = await desk.dataInfo(name);
      thumbs = data.form === 'cloud' ? await this.clouds(data) : await this.images(data);
    } catch (error) {
      if (this.element.dataset.data !== name) return;
      delete this.element.dataset.data;
      const reason = error instanceof Error ? error.message : String(error);
      this.missing.replaceChildren(`${reason} `, button('Try again', { class: 'quiet' }, () => { this.follow(); }));
      return;
    }
    backend.considerOnce();
    if (this.element.dataset.data !== name) return;
    this.pictures.forEach((picture) => { picture.letGo(); });
    this.pictures = [];
    this.element.replaceChildren(...thumbs.map((make) => make()));
  }

  private async images({ name, form, classes, channels, height, width, heldOut }: DataInfo): Promise<(() => HTMLElement)[]> {
    const { desk } = this.app;
    const samples = await Promise.all(places(name, heldOut).map(async (i) => ({ i, ...(await desk.heldOut(name, i, 1)) })));
    return samples.map(({ i, images: pixels, labels }) => () => {
      const picture = new Picture('pixels');
      const word = classes[labels[0] ?? 0] ?? '';
      this.pictures.push(picture);
      const shape = { channels, height, width };
      picture.drawImage(pixels, shape, 255);
      const seen = { ...shape, pixels: Float32Array.from(pixels, (value) => value / 255), inverted: false };
      return this.thumb(i, word, picture.element, () => {
        if (form === 'recording') void this.askRecording(name, i, word);
        else this.work.ask({ form: 'image', image: fromPixels(pixels, shape, 255), sample: { data: name, seen }, truth: word });
      });
    });
  }

  private async askRecording(name: DataName, sample: number, truth: string): Promise<void> {
    const asked = this.work.wait();
    try {
      const bytes = await this.app.desk.heldOutRecording(name, sample);
      if (this.work.isNewest(asked)) this.work.ask({ form: 'recording', bytes, label: `Held-out sample ${sample}`, truth });
    } catch (error) {
      if (this.work.isNewest(asked)) this.work.refuse(errorSentence(error));
    }
  }

  private async clouds({ name, classes, heldOut }: DataInfo): Promise<(() => HTMLElement)[]> {
    const { desk } = this.app;
    const samples = await Promise.all(places(name, heldOut).map(async (i) => ({ i, ...(await desk.heldOutClouds(name, i, 1)) })));
    return samples.map(({ i, clouds: points, labels }) => () => {
      const canvas = h('canvas');
      drawThumbnail(canvas, points);
      const word = classes[labels[0] ?? 0] ?? '';
      return this.thumb(i, word, canvas, () => { this.work.ask({ form: 'cloud', points, label: `Held-out sample ${i}: ${word}`, truth: word }); });
    });
  }

  private thumb(i: number, label: string, picture: HTMLCanvasElement, ask: () => void): HTMLElement {
    const words = `Held-out sample ${i}: ${label}`;
    const thumb = h('button', { type: 'button', class: 'thumb quiet', title: words, 'aria-label': words }, picture);
    thumb.addEventListener('click', () => {
      this.show();
      ask();
    });
    return thumb;
  }
}
