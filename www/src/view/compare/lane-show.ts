/** One lane: its settings, and its network with the held-out sample going through it. */
import { html, render } from 'lit-html';
import type { App } from '../../app';
import type { Race } from '../../run/race';
import { laneNotes } from '../../state/settings';
import type { Probe } from '../../worker/protocol';
import { h, say } from '../shared/element';
import { changes } from '../shared/kept';
import type { SlowMotion } from '../shared/motion';
import { button, sentenceOf } from '../shared/part';
import { neuronWords } from '../shared/raster';
import { showVerdict } from '../shared/verdict';
import { isIn } from '../stage/liveliest';
import { saidWords } from '../stage/says';
import { Stage, type Choice } from '../stage/stage';
import { createLaneEditor } from './lane-editor';
import type { LaneMarks } from './lane-marks';
import { laneWords, swatch } from './lanes';

/** What all lanes show alike. */
export interface Shown {
  readonly motion: SlowMotion;
  readonly marks: LaneMarks;
  choose(choice: Choice): void;
  isTraining(): boolean;
}

export interface LaneShow {
  readonly element: HTMLElement;
  update(race: Race): void;
  /** Lets the drawings go once there is no lane at this place any more. */
  letGo(): void;
}

export function createLaneShow(app: App, index: number, shown: Shown): LaneShow {
  const { store } = app;
  const editor = createLaneEditor(app, index);
  const title = h('h3');
  const remove = button('Remove', { class: 'quiet', 'aria-label': `Remove lane ${index + 1}`, 'data-test': 'remove-lane' }, () => {
    store.update({ lanes: store.state.lanes.filter((_, i) => i !== index) });
  });
  const verdict = h('p', { class: 'verdict' });
  const stage = new Stage(shown.motion, (choice) => { shown.choose(choice); }, () => shown.isTraining());
  const said = h('p', { class: 'caption said' });
  const says = h('p', { class: 'caption says' });
  const element = h(
    'section', { class: 'lane', 'aria-label': `Lane ${index + 1}` },
    h('div', { class: 'lane-head' }, title, remove),
    editor.element,
    said,
    verdict,
    stage.element,
    says,
  );
  const [edited, changed] = [changes(), changes()];

  let answered: { readonly probe: Probe; readonly classes: readonly string[] } | undefined;
  const answer = (): void => {
    if (answered !== undefined) showVerdict(verdict, answered.probe, answered.classes, shown.motion.step);
  };
  const leave = shown.motion.subscribe(answer);

  const update = (race: Race): void => {
    const { lanes, config: shared } = store.state;
    const change = lanes[index] ?? {};
    const lane = race.lanes[index];
    const mark = shown.marks.of(index);
    if (edited(change, shared, mark)) {
      editor.update();
      render(html`${swatch(mark)}${laneWords(change, shared)}`, title);
    }
    remove.hidden = lanes.length < 2;
    const mended = sentenceOf(laneNotes(shared, change));
    say(said, [mended, lane?.stopped ?? ''].join(' ').trim());
    const { probe, config, info } = lane ?? {};
    const classes = race.data?.classes;
    if (probe === undefined || config === undefined || info === undefined || probe.classes !== classes?.length) return;
    const { choice } = race;
    const chosen = isIn(probe, choice) ? choice : undefined;
    const heard = chosen === undefined ? undefined : lane?.saidOf(chosen.layer, chosen.neuron);
    const shape = chosen === undefined ? undefined : probe.layers[chosen.layer]?.shape;
    answered = { probe, classes };
    answer();
    if (!changed(probe, chosen, heard)) return;
    say(says, shape === undefined || chosen === undefined ? '' : `Layer ${chosen.layer + 1}, ${neuronWords(shape, chosen.neuron)}${
      heard === undefined ? '' : `, ${saidWords(heard, classes)}`}.`);
    stage.draw({ probe, layers: info.layers, kind: config.spike, network: config.network, classes, chosen, dynamics: config,
      ...(heard === undefined ? {} : { said: heard }) });
  };
  const letGo = (): void => {
    leave();
    stage.letGo();
  };
  return { element, update, letGo };
}
