/** What the network sees of an image, beside the image, or of a recording. */
import type { ImageAnswer, RecordingAnswer } from '../../run/classification';
import type { Pixels } from '../../run/image';
import { madeLike } from './words';
import { h, say } from '../shared/element';
import { changes } from '../shared/kept';
import { counted } from '../shared/part';
import { Picture } from '../shared/picture';

/** Of an event in a file of N-MNIST. */
const EVENT_BYTES = 5;

export class SeenImage {
  readonly element: HTMLElement;
  private readonly original = h('canvas', { class: 'original', role: 'img', 'aria-label': 'The image that was brought' });
  private readonly brought = h('figure', {}, this.original, h('figcaption', { text: 'Original' }));
  private readonly seen = new Picture('pixels seen', { role: 'img' });
  private readonly words = h('p', { class: 'caption' });
  private readonly changed = changes();

  constructor() {
    this.element = h(
      'div', { class: 'seen-image' },
      h('div', { class: 'seen-pair' }, this.brought,
        h('figure', {}, this.seen.element, h('figcaption', { text: 'Seen' }))),
      this.words,
    );
  }

  draw(answer: ImageAnswer | RecordingAnswer): void {
    if (!this.changed(answer)) return;
    this.brought.hidden = answer.form === 'recording';
    if (answer.form === 'recording') this.drawRecording(answer);
    else this.drawImage(answer);
  }

  /** A recording has no picture of its own but the one of all its events. */
  private drawRecording({ label, bytes, probe }: RecordingAnswer): void {
    this.seen.drawImage(probe.pixels, probe, 1);
    this.seen.element.setAttribute('aria-label', `All events of ${label}, on and off, on ${probe.width} by ${probe.height} pixels.`);
    say(this.words, `${label}: ${counted(bytes.length / EVENT_BYTES, 'event')}, on and off in two colours, cut into ${counted(probe.steps, 'time step')}.`);
  }

  private drawImage(answer: ImageAnswer): void {
    const { image, seen, data, sample } = answer;
    this.original.classList.toggle('pixels', Math.max(image.width, image.height) <= seen.width);
    drawOriginal(this.original, image);
    this.seen.drawImage(seen.pixels, seen, 1);
    this.seen.element.setAttribute('aria-label', `The image as the network sees it, ${seen.width} by ${seen.height} pixels.`);
    const turned = seen.inverted ? 'The ground is light, so light and dark are swapped; then it is' : 'The ground is dark already; it is';
    const ground = seen.channels > 1 ? 'It is' : turned;
    say(this.words, sample?.data === data.name ? 'A sample of the data set, which the network takes as it is.' : `${ground} ${madeLike(data.name)}.`);
  }
}

function drawOriginal(canvas: HTMLCanvasElement, { rgba, width, height }: Pixels): void {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
}
