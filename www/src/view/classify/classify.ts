/** The Classify view: an image or a shape that a person brings, what the network sees of it, and how its answer grows. */
import type { App, View } from '../../app';
import { Classification } from '../../run/classification';
import { isDoubted, isPhotographed, UNLIKE } from '../../run/photo';
import { ShapeDesk } from '../../run/shape';
import { ACCEPT } from '../../run/shape-kind';
import { BROUGHT_WORDS } from '../../state/forms';
import { AtWork } from './at-work';
import { fileChoice, readingProgress } from './choose';
import { SeenCloud } from './cloud';
import { receiveFiles } from './drops';
import { Examples } from './examples';
import { fetchingLine } from './fetching';
import { networkChoice } from './network';
import { Rasters } from './rasters';
import { photoPanel } from './photo';
import { SeenImage } from './seen';
import { ShapeShelf } from './shelf';
import { FORM_WORDS } from './words';
import { h, say } from '../shared/element';
import { changes } from '../shared/kept';
import { answerAt, EvidenceChart } from '../shared/evidence';
import { SlowMotion } from '../shared/motion';
import { DrawingPad } from './pad';
import { typedEmoji } from './typed';
import { button, counted, panel, percent } from '../shared/part';

/** Below this share of the evidence an answer is called a guess. */
const SURE = 0.6;

export function createClassifyView(app: App): View {
  const { desk, store, training } = app;
  const work = new Classification(desk, store, training);
  const shapes = new ShapeDesk(work);
  const motion = new SlowMotion();

  const pad = new DrawingPad((image) => {
    if (image === undefined) work.forget();
    else work.ask({ form: 'image', image });
  }, () => work.status === 'busy');
  const takeAll = (files: readonly File[]): void => {
    pad.clear();
    void shapes.takeAll(files);
  };
  const file = h('input', { type: 'file', multiple: true, accept: ACCEPT, class: 'visually-hidden', 'data-test': 'file', tabindex: '-1',
    'aria-label': 'Choose a file of an image or a shape' });
  file.addEventListener('change', () => {
    takeAll([...(file.files ?? [])]);
    // The same file may be chosen again.
    file.value = '';
  });
  const examples = new Examples(app, work, () => { pad.clear(); });
  const typed = typedEmoji(work, () => { pad.clear(); });
  const refusal = h('p', { class: 'said', role: 'alert', 'data-test': 'refusal' });
  const network = networkChoice(app, work);
  const reading = readingProgress(shapes);
  const choice = fileChoice(shapes);
  const how = h('p', { class: 'caption' });
  // On a phone the answer's own place is far below; a screen reader is told there.
  const underPad = h('p', { class: 'under-pad verdict', 'aria-hidden': 'true' });
  const photo = photoPanel(work);
  const bring = panel(
    app, 'input', 'Your image or shape',
    network.element,
    pad.element,
    typed.element,
    underPad,
    h('div', { class: 'toolbar' }, button('Choose a file', { 'data-test': 'choose' }, () => { file.click(); }), file),
    how,
    reading.element,
    refusal,
    choice.element,
    h('h3', { text: 'Or one it was never trained on' }),
    examples.element,
    examples.missing,
    fetchingLine(app.desk),
  );

  const seenImage = new SeenImage();
  const seenCloud = new SeenCloud(shapes);
  const sees = panel(app, 'seen', 'What the network sees', seenImage.element, seenCloud.element);

  const verdict = h('p', { class: 'verdict', role: 'status', 'data-test': 'answer' });
  const truth = h('p', { class: 'caption', 'data-test': 'truth' });
  const doubt = h('p', { class: 'caption' });
  const chart = new EvidenceChart();
  const headline = panel(app, 'evidence', 'Its answer', verdict, truth, doubt);
  headline.classList.add('headline');
  headline.querySelector('h2')?.classList.add('visually-hidden');
  const growth = panel(app, 'evidence', 'Its evidence, step by step', chart.element);

  const atWork = new AtWork(app, work, motion);

  const rasters = new Rasters();
  const spikes = panel(app, 'spikes', 'The spikes of this one answer', rasters.element, h('p', { class: 'caption', text: 'Time steps across, neurons '
    + 'down; a bar is a spike.' }));

  const nothing = h('p', { class: 'empty' });
  const results = h('div', { class: 'results' }, headline, atWork.element, h('div', { class: 'columns' }, sees, growth), spikes);
  const sheet = h('div', { class: 'photo-place' }, panel(app, 'input', 'The photograph', photo.element));
  const sheetTitle = sheet.querySelector('h2');
  const answered = h('div', { class: 'answered' }, sheet, nothing, results);
  let fromShelf = false;
  const shelf = new ShapeShelf(app, (blob, name, truth) => {
    pad.clear();
    fromShelf = true;
    shapes.closeSelection();
    void shapes.take(blob, name, truth);
  }, (reason) => { shapes.refuse(reason); });
  answered.append(shelf.element);
  const element = h('div', { class: 'classify' }, bring, answered);
  const takeText = (text: string): boolean => work.data === 'emoji' && typed.take(text);
  const files = receiveFiles(element, takeAll, takeText, (reason) => { shapes.refuse(reason); });

  const drawAnswer = (): void => {
    const { answer } = work;
    nothing.hidden = answer !== undefined || work.photograph !== undefined;
    results.hidden = answer === undefined;
    if (answer?.form !== 'cloud') seenCloud.letGo();
    if (answer === undefined) {
      say(underPad, '');
      return;
    }
    const { probe, data } = answer;
    motion.setSteps(probe.steps);
    const { step } = motion;
    seenImage.element.hidden = answer.form === 'cloud';
    seenCloud.element.hidden = answer.form !== 'cloud';
    results.classList.toggle('with-cloud', answer.form === 'cloud');
    if (answer.form === 'cloud') seenCloud.draw(answer, step, work.status === 'busy');
    else seenImage.draw(answer);
    const frame = { evidence: probe.evidence, steps: probe.steps, classes: data.classes, step };
    const at = step ?? probe.steps - 1;
    const best = answerAt(frame, at);
    const share = probe.evidence[at * probe.classes + best] ?? 0;
    const name = data.classes[best] ?? '';
    verdict.dataset.answer = String(best);
    verdict.dataset.confidence = String(share);
    const { unlike = 0 } = probe;
    const read = answer.form === 'image' ? answer.photo : undefined;
    const isUnlike = unlike > UNLIKE || (read !== undefined && isDoubted(read));
    verdict.dataset.unlike = unlike.toFixed(3);
    const guess = share < SURE ? `Not sure: perhaps ${name} (${percent(share, 0)})` : `${name}, ${percent(share, 0)} sure`;
    const said = isUnlike ? `Unlike anything it was trained on: ${name} at best` : guess;
    // Answers to half a drawing, or after some of the time steps, are seen and not said.
    verdict.setAttribute('aria-live', pad.isDrawing || step !== undefined ? 'off' : 'polite');
    say(verdict, probe.unsure === undefined ? said : 'No answer');
    say(underPad, verdict.textContent);
    truth.hidden = answer.truth === undefined || answer.truth === name;
    say(truth, truth.hidden ? '' : `The true class is ${answer.truth ?? ''}.`);
    const after = step === undefined ? '' : `After ${counted(at + 1, 'time step')}. `;
    const { other } = FORM_WORDS[answer.form];
    const spread = 'The evidence is spread over several classes: it may be none of them.';
    const certain = `It knows ${data.classes.length} classes and nothing else, so ${other} gets one of them too.${probe.unlike === undefined
      ? ' This network has no measure of how far that is from its training, so it never says that it doubts.' : ''}`;
    const far = `Its neurons fire ${unlike.toFixed(1)} times as far from what a class makes them fire as for all but 1 of 100 held-out images: `
      + 'the answer means little.';
    const trust = unlike > UNLIKE ? far : 'The picture as a whole is hardly one of digits, so the answer means little.';
    const belief = share < SURE ? spread : certain;
    say(doubt, probe.unsure ?? `${after}${isUnlike ? trust : belief}`);
    chart.draw({ ...frame, doubted: isUnlike });
    atWork.draw(answer, isUnlike, pad.isDrawing || work.status === 'busy');
    rasters.draw(answer, step);
  };
  const [refused, selected, photographed] = [changes(), changes(), changes()];
  /** What is said or asked may stand under a large picture, or above the shelf. */
  const bringIntoSight = (said: HTMLElement): void => {
    if (element.isConnected) said.scrollIntoView({ block: 'nearest' });
  };
  const update = (): void => {
    element.dataset.status = work.status;
    element.dataset.answers = String(work.answers);
    const { answer, form } = work;
    pad.element.hidden = form !== 'image' || work.inColour;
    typed.update();
    say(how, `${pad.element.hidden ? 'Drop' : 'Draw above, drop'} ${form === 'recording' ? 'a recording (BIN), ' : ''}an image or a shape `
      + `(OBJ, STL, PLY and others, or a ZIP of them) anywhere on this view, or paste one. It stays on this machine.`);
    const { empty, emptyWithoutShelf } = FORM_WORDS[form === 'image' && work.inColour ? 'colour' : form];
    say(nothing, app.shows('shelf') ? empty : emptyWithoutShelf);
    say(refusal, work.refusal === '' || answer === undefined ? work.refusal : `${work.refusal} What stands beside is still the answer to the `
      + `${BROUGHT_WORDS[answer.form]} before.`);
    network.update();
    photo.update();
    // Digits are read off a photograph; any other network takes the picture as a whole.
    if (sheetTitle !== null) say(sheetTitle, isPhotographed(work.data) ? 'The photograph' : 'The picture');
    drawAnswer();
    if (photographed(work.photograph?.whole) && work.photograph !== undefined) bringIntoSight(sheet);
    if (refused(work.refusal) && work.refusal !== '') bringIntoSight(refusal);
    // The answer stands above the shelf, which may fill the screen.
    if (fromShelf && work.status === 'answered') {
      fromShelf = false;
      const { top } = answered.getBoundingClientRect();
      if (top < 0 || top > window.innerHeight / 2) answered.scrollIntoView();
    }
  };
  work.subscribe(update);
  motion.subscribe(update);
  shapes.subscribe(() => {
    reading.update();
    choice.update();
    if (selected(shapes.selection) && shapes.selection !== undefined) bringIntoSight(choice.element);
  });
  training.subscribe(() => { network.update(); });

  const follow = (): void => {
    examples.follow();
    update();
  };
  store.subscribe(() => {
    if (element.isConnected) follow();
  });

  return {
    element,
    heart: bring,
    show: () => {
      motion.goOn();
      files.listen();
      work.refresh();
      void shelf.fill();
      follow();
    },
    hide: () => {
      files.stop();
      motion.stop();
      seenCloud.letGo();
    },
  };
}
