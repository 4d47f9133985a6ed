/** The held-out sample that is looked at: the image or the cloud, the answer, the evidence and every layer's spikes over the time steps. */
import type { App } from '../../app';
import type { Probe } from '../../worker/protocol';
import { CloudView } from '../cloud/view';
import { h, say } from '../shared/element';
import { EvidenceChart } from '../shared/evidence';
import type { SlowMotion } from '../shared/motion';
import { panel, type Part } from '../shared/part';
import { Picture } from '../shared/picture';
import { areEvents, fillInflow, isMean } from '../stage/inflow';
import { createSpikes } from './spikes';

export function createLooked(app: App, motion: SlowMotion): Part {
  const { training, store } = app;
  const picture = new Picture('pixels sample', { role: 'img' });
  const inflow = new Picture('pixels sample', { role: 'img', 'data-test': 'inflow' });
  const cloudPlace = h('div', { class: 'looked-cloud', hidden: true });
  let cloud: CloudView | undefined;
  const evidence = new EvidenceChart();
  const spikes = createSpikes(app, motion);
  const truth = h('p', { class: 'caption' });
  const caption = h('p', { class: 'caption' });
  const element = panel(
    app, 'spikes', 'One held-out sample, spike by spike',
    cloudPlace,
    h('div', { class: 'looked' },
      h('div', { class: 'looked-sample' }, picture.element, inflow.element,
        h('div', { class: 'looked-words' }, truth)),
      evidence.element, spikes.element),
    caption,
  );

  /** A cloud in 3D holds a graphics context, which a run on images has no use for. */
  const showCloud = ({ cloud: trace, steps }: Probe, step: number | undefined, label: string): void => {
    cloudPlace.hidden = trace === undefined;
    picture.element.hidden = trace !== undefined;
    if (trace === undefined) {
      const left = cloud;
      // Giving the graphics context back takes as long as a frame.
      if (left !== undefined) setTimeout(() => { left.letGo(); });
      cloud = undefined;
      cloudPlace.replaceChildren();
      return;
    }
    if (cloud === undefined) {
      cloud = new CloudView();
      cloudPlace.replaceChildren(cloud.element);
    }
    cloud.draw({ ...trace, steps, step, label });
  };

  /** Beside the image what became of it, where it did not flow in as it is. */
  const showInflow = ({ input, steps }: Probe, step: number | undefined): void => {
    inflow.element.hidden = input === undefined;
    if (input === undefined) return;
    const moment = step === undefined || isMean(input, steps) ? 'mean' : step;
    inflow.draw(input.height, input.width, (rgba, theme) => { fillInflow(rgba, input, steps, moment, theme); });
    const what = areEvents(input) ? 'On and off events' : 'Spikes';
    inflow.element.setAttribute('aria-label', `${what} that flow in ${moment === 'mean' ? 'over all time steps' : `at time step ${moment + 1}`}.`);
  };

  const update = (): void => {
    const { probe, data } = training;
    if (probe === undefined || probe.classes !== data?.classes.length) return;
    const { step } = motion;
    const frame = { evidence: probe.evidence, steps: probe.steps, classes: data.classes, step, label: probe.label };
    evidence.element.hidden = !app.shows('evidence');
    evidence.draw(frame);
    const named = probe.label === undefined ? '' : data.classes[probe.label] ?? '';
    say(truth, `${step === undefined ? '' : `After time step ${step + 1}. `}The true class is ${named}.`);
    const label = `Held-out sample ${store.state.sample}, as the network sees it: ${named}`;
    if (probe.cloud === undefined) picture.drawImage(probe.pixels, probe, 1);
    picture.element.setAttribute('aria-label', `${label}.`);
    showInflow(probe, step);
    showCloud(probe, step, label);
    spikes.update();
    const { spike } = training.info?.config ?? store.state.config;
    const signs = spike === 'ternary' ? ' Negative spikes are hollow.' : spike === 'real' ? ' The longer the bar, the stronger the spike.' : '';
    const some = probe.cloud === undefined ? '' : ' Of layers that every point goes through, points spread over the cloud are shown, each in another channel.';
    const onStage = app.shows('stage') ? ' A neuron that is chosen has its potential on the stage.' : '';
    say(caption, `Time steps across, neurons down; a bar is a spike.${signs}${some}${onStage}`);
  };
  return { element, update };
}
