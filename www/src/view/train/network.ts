/** The panel in the middle of the Train view: the network with a held-out sample going through it. */
import type { App } from '../../app';
import type { Probe, SessionConfig } from '../../worker/protocol';
import { h, say } from '../shared/element';
import { changes, layerKeys } from '../shared/kept';
import type { SlowMotion } from '../shared/motion';
import { panel, type Part } from '../shared/part';
import { neuronWords } from '../shared/raster';
import { createSampleSteps } from '../shared/sample-steps';
import { showVerdict } from '../shared/verdict';
import { fires, liveliest } from '../stage/liveliest';
import { areEvents, isMean } from '../stage/inflow';
import { saidWords } from '../stage/says';
import { Stage, type Choice } from '../stage/stage';
import { playStored } from './stored';

export function createNetwork(app: App, motion: SlowMotion): Part {
  const { training, store } = app;
  const stage = new Stage(motion, (choice) => { store.update({ ...choice }, 'replace'); }, () => training.running);
  const verdict = h('p', { class: 'verdict', 'data-test': 'verdict' });
  const samples = createSampleSteps(app, () => training.data?.heldOut);
  const words = h('p', { class: 'caption' });
  const element = panel(app, 'stage', 'The network at work', h('div', { class: 'stage-head' }, verdict, samples.element, motion.element), stage.element, words);
  element.classList.add('stage-panel');

  // Nothing is to be seen of the run yet: an earlier one shows what is to come.
  element.classList.add('stored');
  let stopStored: (() => void) | undefined = playStored(({ frame, words: text }) => {
    motion.setSteps(frame.probe.steps);
    showVerdict(verdict, frame.probe, frame.classes, undefined);
    say(words, text);
    stage.draw(frame);
  });

  let proposed: Choice | undefined;
  const [isOther, changed] = [changes(), changes()];
  const update = (): void => {
    const { probe, data, info } = training;
    if (training.status === 'failed') stopStored?.();
    if (probe === undefined || info === undefined || probe.classes !== data?.classes.length) return;
    stopStored?.();
    stopStored = undefined;
    element.classList.remove('stored');
    motion.setSteps(probe.steps);
    const { layer, neuron } = store.state;
    samples.update();
    showVerdict(verdict, probe, data.classes, motion.step);
    const heard = training.saidNow;
    const said = heard?.length === probe.classes ? heard : undefined;
    const shape = probe.layers[layer]?.shape;
    say(words, wordsOf(info.config, probe, said === undefined || shape === undefined ? undefined
      : `Layer ${layer + 1}, ${neuronWords(shape, neuron)}, ${saidWords(said, data.classes)}.`));
    // A neuron that nobody chose is one that fires, or its potential would be the dullest of all.
    const isOtherNetwork = isOther(...layerKeys(probe.layers));
    const isProposed = layer === proposed?.layer && neuron === proposed.neuron;
    if (isOtherNetwork || (isProposed && !fires(probe, { layer, neuron }))) {
      const isOwn = (layer !== 0 || neuron !== 0) && !isProposed;
      proposed = isOwn ? undefined : liveliest(probe);
      if (proposed !== undefined) store.update({ ...proposed }, 'replace');
    }
    if (changed(probe, layer, neuron, info, said)) {
      stage.draw({ probe, layers: info.layers, kind: info.config.spike, network: info.config.network, classes: data.classes, chosen: { layer, neuron },
        dynamics: info.config,
        ...(said === undefined ? {} : { said }) });
    }
  };
  return { element, update };
}

/** What flows in, as a sentence. */
function goesIn({ cloud, input, steps }: Probe): string {
  if (input === undefined) return `The ${cloud === undefined ? 'image' : 'cloud'} goes in at every time step.`;
  if (isMean(input, steps)) return `The mean over time of its ${areEvents(input) ? 'events' : 'spikes'} goes in, once.`;
  if (areEvents(input)) return 'Events go in, blue where it became brighter, orange where it became darker.';
  return 'Spikes of the image go in, others at each time step.';
}

function wordsOf({ spike, units }: Pick<SessionConfig, 'spike' | 'units'>, probe: Probe, said: string | undefined): string {
  const dots = {
    binary: '', ternary: ': full and blue ones are positive, hollow and orange ones negative', real: ': the larger, the stronger',
  }[spike];
  const spikes = units === 'relu' ? 'No spikes: rectified units send currents, the higher the stronger'
    : `Dots are spikes, sent when what a neuron has gathered passes its threshold${dots}`;
  return `${spikes}. ${said ?? `${goesIn(probe)} Choose a neuron: what it hears is lit.`}`;
}
