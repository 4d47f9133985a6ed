/** The held-out sample that is looked at: the image, the answer, the evidence and every layer's spikes over the time steps. */
import type { App } from '../app';
import { h, say } from './element';
import { answerAt, EvidenceChart } from './evidence';
import type { SlowMotion } from './motion';
import { button, panel, percent, type Part } from './part';
import { Picture } from './picture';
import { createSpikes } from './spikes';

export function createLooked(app: App, motion: SlowMotion): Part {
  const { training, store } = app;
  const picture = new Picture('pixels sample', { role: 'img' });
  const evidence = new EvidenceChart();
  const spikes = createSpikes(app, motion);
  const verdict = h('p', { class: 'verdict' });
  const truth = h('p', { class: 'caption' });
  const number = h('span', { class: 'caption figure' });
  const move = (by: number): void => {
    const count = training.data?.heldOut ?? 0;
    if (count > 0) store.update({ sample: (store.state.sample + by + count) % count }, 'replace');
  };
  const caption = h('p', { class: 'caption' });
  const element = panel(
    app, 'spikes', 'One held-out sample, spike by spike',
    motion.element,
    h('div', { class: 'looked' },
      h('div', { class: 'looked-sample' }, picture.element,
        h('div', { class: 'looked-words' }, verdict, truth,
          h('div', { class: 'toolbar sample-steps' },
            button('‹', { class: 'quiet', 'aria-label': 'The sample before', title: 'The sample before' }, () => { move(-1); }),
            number,
            button('›', { class: 'quiet', 'aria-label': 'The next sample', title: 'The next sample' }, () => { move(1); })))),
      evidence.element, spikes.element),
    caption,
  );

  const update = (): void => {
    const { probe, data } = training;
    if (probe === undefined || probe.classes !== data?.classes.length) return;
    motion.setSteps(probe.steps);
    picture.drawGreys(probe.pixels, probe.height, probe.width, 1);
    const { step } = motion;
    const frame = { evidence: probe.evidence, steps: probe.steps, classes: data.classes, step, label: probe.label };
    evidence.element.hidden = !app.shows('evidence');
    evidence.draw(frame);
    const at = step ?? probe.steps - 1;
    const answer = answerAt(frame, at);
    const right = answer === probe.label;
    const sure = percent(probe.evidence[at * probe.classes + answer] ?? 0, 0);
    say(verdict, `${right ? '✓' : '✗'} ${data.classes[answer] ?? ''}, ${sure} sure`);
    verdict.dataset.answer = right ? 'right' : 'wrong';
    const named = probe.label === undefined ? '' : data.classes[probe.label] ?? '';
    say(truth, `${step === undefined ? '' : `After time step ${step + 1}. `}The true class is ${named}.`);
    say(number, `Sample ${store.state.sample}`);
    picture.element.setAttribute('aria-label', `Held-out sample ${store.state.sample}, as the network sees it: ${named}.`);
    spikes.update();
    const { spike } = training.info?.config ?? store.state.config;
    const signs = spike === 'ternary' ? ' Negative spikes are hollow.' : spike === 'real' ? ' The longer the bar, the stronger the spike.' : '';
    say(caption, `Time steps across, neurons down; a bar is a spike.${signs} Choose a neuron with a click or the arrow keys to see its potential.`);
  };
  return { element, update };
}
