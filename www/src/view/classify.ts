/** The Classify view: an image that a person brings, what the network sees of it, and how its answer grows. */
import type { App, View } from '../app';
import { Classification, type Answer } from '../run/classification';
import { fromGreys, type Pixels } from '../run/image';
import { CLASSIFIERS, type Classifier } from '../state/settings';
import type { DataName } from '../worker/protocol';
import { freshId, h, say } from './element';
import { answerAt, EvidenceChart } from './evidence';
import { SlowMotion } from './motion';
import { DrawingPad } from './pad';
import { button, counted, panel, percent } from './part';
import { Picture } from './picture';
import { SpikeRaster } from './raster';

const EXAMPLES = 10;
/** Below this share of the evidence an answer is called a guess. */
const SURE = 0.6;

const DATA_WORDS: Record<DataName, string> = { mnist: 'MNIST digits', fashion: 'Fashion-MNIST clothes', digits: '8x8 digits' };

const MADE_LIKE: Record<DataName, string> = {
  mnist: 'cropped to the ink, scaled into 20 by 20 pixels and centred by its mass on 28 by 28, as MNIST was made',
  fashion: 'cropped to what stands out and scaled to 28 by 28 pixels, as Fashion-MNIST was made',
  digits: 'cropped to the ink and scaled to 8 by 8 pixels, as these digits were made',
};

export function createClassifyView(app: App): View {
  const { desk, store, training } = app;
  const work = new Classification(desk, store, training);
  const motion = new SlowMotion();

  const pad = new DrawingPad((pixels) => {
    if (pixels === undefined) work.forget();
    else work.ask(pixels);
  });
  const file = h('input', { type: 'file', accept: 'image/*', class: 'visually-hidden', 'data-test': 'file', tabindex: '-1', 'aria-label': 'Choose an image file' });
  file.addEventListener('change', () => {
    const chosen = file.files?.[0];
    if (chosen !== undefined) take(chosen, chosen.name);
    // The same file may be chosen again.
    file.value = '';
  });
  const examples = h('div', { class: 'strip examples', role: 'group', 'aria-label': 'Held-out samples to try' });
  const refusal = h('p', { class: 'said', role: 'alert', 'data-test': 'refusal' });
  const network = networkChoice(app, work);
  const bring = panel(
    app, 'input', 'Your image',
    network.element,
    pad.element,
    h('div', { class: 'toolbar' }, button('Choose a file', { 'data-test': 'choose' }, () => { file.click(); }), file),
    h('p', { class: 'caption', text: 'Draw above, drop a picture anywhere on this view, or paste one. It stays on this machine.' }),
    refusal,
    h('h3', { text: 'Or one it was never trained on' }),
    examples,
  );

  const original = h('canvas', { class: 'original', role: 'img', 'aria-label': 'The image that was brought' });
  const seen = new Picture('pixels seen', { role: 'img' });
  const seenWords = h('p', { class: 'caption' });
  const sees = panel(
    app, 'seen', 'What the network sees',
    h('div', { class: 'seen-pair' }, h('figure', {}, original, h('figcaption', { text: 'Original' })), h('figure', {}, seen.element, h('figcaption', { text: 'Seen' }))),
    seenWords,
  );

  const verdict = h('p', { class: 'verdict', role: 'status', 'data-test': 'answer' });
  const doubt = h('p', { class: 'caption' });
  const chart = new EvidenceChart();
  const answers = panel(app, 'evidence', 'Its answer, step by step', verdict, doubt, motion.element, chart.element);

  const rasters = new Rasters();
  const spikes = panel(app, 'spikes', 'The spikes of this one answer', rasters.element, h('p', { class: 'caption', text: 'Time steps across, neurons down; a bar is a spike.' }));

  const nothing = h('p', { class: 'empty', text: 'Draw a digit, and the answer grows here, spike by spike.' });
  const results = h('div', { class: 'results' }, h('div', { class: 'columns' }, sees, answers), spikes);
  const element = h('div', { class: 'classify' }, bring, h('div', { class: 'answered' }, nothing, results));

  const take = (blob: Blob, name: string): void => {
    pad.clear();
    void work.askFile(blob, name);
  };
  const show = (pixels: Pixels): void => {
    pad.clear();
    work.ask(pixels);
  };
  const drops = receiveDrops(element, take, (reason) => { work.refuse(reason); });

  let drawn: unknown;
  const drawAnswer = (): void => {
    const { answer } = work;
    nothing.hidden = answer !== undefined;
    results.hidden = answer === undefined;
    if (answer === undefined) return;
    const { image, seen: seenImage, probe, data } = answer;
    motion.setSteps(probe.steps);
    if (drawn !== answer) {
      drawn = answer;
      drawOriginal(original, image);
      seen.drawGreys(seenImage.pixels, seenImage.height, seenImage.width, 1);
      seen.element.setAttribute('aria-label', `The image as the network sees it, ${seenImage.width} by ${seenImage.height} pixels.`);
      say(seenWords, `${seenImage.inverted ? 'The ground is light, so light and dark are swapped; then it is ' : 'The ground is dark already; it is '}${MADE_LIKE[data.name]}.`);
    }
    const { step } = motion;
    const frame = { evidence: probe.evidence, steps: probe.steps, classes: data.classes, step };
    const at = step ?? probe.steps - 1;
    const best = answerAt(frame, at);
    const share = probe.evidence[at * probe.classes + best] ?? 0;
    const name = data.classes[best] ?? '';
    verdict.dataset.answer = String(best);
    verdict.dataset.confidence = String(share);
    say(verdict, share < SURE ? `Not sure: perhaps ${name} (${percent(share, 0)})` : `${name}, ${percent(share, 0)} sure`);
    const after = step === undefined ? '' : `After ${counted(at + 1, 'time step')}. `;
    say(doubt, `${after}${share < SURE ? 'The evidence is spread over several classes: it may be none of them.' : `It knows ${data.classes.length} classes and nothing else, so a picture of something else gets one of them too.`}`);
    chart.draw(frame);
    rasters.draw(answer, step);
  };
  const update = (): void => {
    element.dataset.status = work.status;
    element.dataset.answers = String(work.answers);
    say(refusal, work.refusal === '' || work.answer === undefined ? work.refusal : `${work.refusal} What stands beside is still the answer to the image before.`);
    network.update();
    drawAnswer();
  };
  work.subscribe(update);
  motion.subscribe(update);
  training.subscribe(() => { network.update(); });

  let pictures: readonly Picture[] = [];
  const showExamples = async (name: DataName): Promise<void> => {
    examples.dataset.data = name;
    let data;
    let heldOut;
    try {
      data = await desk.dataInfo(name);
      heldOut = await desk.heldOut(name, 0, EXAMPLES);
    } catch (error) {
      // Asked for again when the view is shown again.
      delete examples.dataset.data;
      work.refuse(error instanceof Error ? error.message : String(error));
      return;
    }
    app.backend.considerOnce();
    if (examples.dataset.data !== name) return;
    const { classes, height, width } = data;
    pictures.forEach((picture) => { picture.letGo(); });
    pictures = Array.from({ length: EXAMPLES }, () => new Picture('pixels'));
    examples.replaceChildren(...pictures.map((picture, i) => {
      const greys = heldOut.images.subarray(i * height * width, (i + 1) * height * width);
      picture.drawGreys(greys, height, width, 255);
      const label = classes[heldOut.labels[i] ?? 0] ?? '';
      const thumb = h('button', { type: 'button', class: 'thumb quiet', title: `Held-out sample ${i}: ${label}`, 'aria-label': `Held-out sample ${i}: ${label}` }, picture.element);
      thumb.addEventListener('click', () => { show(fromGreys(greys, height, width, 255)); });
      return thumb;
    }));
  };
  const follow = (): void => {
    if (examples.dataset.data !== work.data) void showExamples(work.data);
    update();
  };
  store.subscribe(() => {
    if (element.isConnected) follow();
  });

  const onPaste = (event: ClipboardEvent): void => {
    const pasted = [...(event.clipboardData?.files ?? [])][0];
    if (pasted === undefined) return;
    event.preventDefault();
    take(pasted, pasted.name);
  };
  return {
    element,
    heart: bring,
    show: () => {
      document.addEventListener('paste', onPaste);
      drops.listen();
      follow();
    },
    hide: () => {
      document.removeEventListener('paste', onPaste);
      drops.stop();
      motion.stop();
    },
  };
}

function networkChoice(app: App, work: Classification): { element: HTMLElement; update(): void } {
  const { store, training } = app;
  const id = freshId('network');
  const options = new Map(CLASSIFIERS.map((name) => [name, h('option', { value: name })]));
  const select = h('select', { id, 'data-test': 'network' }, ...options.values());
  select.addEventListener('change', () => { store.update({ classifier: select.value as Classifier }); });
  const explain = h('p', { class: 'caption' });
  const update = (): void => {
    for (const [name, option] of options) {
      if (name !== 'trained') say(option, `Pre-trained on ${DATA_WORDS[name]}`);
      else say(option, training.step === 0 ? 'Trained here (nothing yet)' : `Trained here on ${DATA_WORDS[(training.info?.config ?? store.state.config).data]}`);
    }
    const trained = options.get('trained');
    if (trained !== undefined) trained.disabled = training.step === 0;
    select.value = work.classifier;
    if (work.classifier === 'trained') say(explain, `The network of the Train view, after ${counted(training.step, 'training step')}.`);
    else if (store.state.classifier === 'trained') say(explain, 'Nothing has been trained in this page yet, so the network that ships with it answers.');
    else say(explain, 'It ships with the page and was trained by the code of this page.');
  };
  update();
  const element = h('div', { class: 'field', hidden: !app.shows('network') }, h('label', { for: id, text: 'Network' }), select, explain);
  return { element, update };
}

/** Takes files that are dropped anywhere on the page while it listens: one dropped beside the view would replace the page. */
function receiveDrops(element: HTMLElement, take: (file: Blob, name: string) => void, refuse: (reason: string) => void): { listen(): void; stop(): void } {
  const over = (event: DragEvent): void => {
    event.preventDefault();
    element.classList.add('dropping');
  };
  const leave = (event: DragEvent): void => {
    if (event.relatedTarget === null) element.classList.remove('dropping');
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    element.classList.remove('dropping');
    const dropped = event.dataTransfer?.files[0];
    if (dropped !== undefined) take(dropped, dropped.name);
    else refuse('What was dropped is not a file. Save the picture first and drop the file, or copy and paste it.');
  };
  return {
    listen: () => {
      document.addEventListener('dragover', over);
      document.addEventListener('dragleave', leave);
      document.addEventListener('drop', drop);
    },
    stop: () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('drop', drop);
    },
  };
}

function drawOriginal(canvas: HTMLCanvasElement, { rgba, width, height }: Pixels): void {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
}

/** One raster for each spiking layer. */
class Rasters {
  readonly element = h('div', { class: 'rasters' });
  private rasters: readonly SpikeRaster[] = [];
  private built = '';

  draw({ probe: { layers, steps }, kind, layers: infos }: Answer, step: number | undefined): void {
    const key = layers.map(({ name, shape }) => `${name}:${shape.join('x')}`).join();
    if (key !== this.built) {
      this.built = key;
      this.rasters.forEach((raster) => { raster.letGo(); });
      this.rasters = layers.map(() => new SpikeRaster());
      this.element.replaceChildren(...this.rasters.map((raster, i) => {
        const neurons = (layers[i]?.spikes.length ?? 0) / steps;
        return h('figure', {}, h('figcaption', { text: `Layer ${i + 1}: ${counted(neurons, 'neuron')}` }), raster.element);
      }));
    }
    this.rasters.forEach((raster, i) => {
      const layer = layers[i];
      if (layer !== undefined) raster.draw({ layer, steps, kind, rectified: infos[i]?.spiking === false, ...(step === undefined ? {} : { step }) });
    });
  }
}
