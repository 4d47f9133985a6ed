/** One lane: its settings, and the spikes of its first layer for one held-out sample. */
import { html, render } from 'lit-html';
import type { App } from '../../app';
import type { Race } from '../../run/race';
import { laneNotes } from '../../state/settings';
import { drawThumbnail } from '../cloud/thumbnail';
import { h, say } from '../shared/element';
import { changes } from '../shared/kept';
import { button, percent, sentenceOf } from '../shared/part';
import { Picture } from '../shared/picture';
import { SpikeRaster } from '../shared/raster';
import { createLaneEditor } from './lane-editor';
import { laneWords, swatch } from './lanes';

export interface LaneShow {
  readonly element: HTMLElement;
  update(race: Race): void;
  /** Lets the drawings go once there is no lane at this place any more. */
  letGo(): void;
}

export function createLaneShow(app: App, index: number): LaneShow {
  const { store } = app;
  const editor = createLaneEditor(app, index);
  const title = h('h3');
  const remove = button('Remove', { class: 'quiet', 'aria-label': `Remove lane ${index + 1}`, 'data-test': 'remove-lane' }, () => {
    store.update({ lanes: store.state.lanes.filter((_, i) => i !== index) });
  });
  const picture = new Picture('pixels lane-sample', { role: 'img' });
  const cloud = h('canvas', { class: 'lane-sample', role: 'img', hidden: true });
  const verdict = h('p', { class: 'verdict' });
  const raster = new SpikeRaster('raster lane-raster');
  const said = h('p', { class: 'caption said' });
  const element = h(
    'section', { class: 'lane', 'aria-label': `Lane ${index + 1}` },
    h('div', { class: 'lane-head' }, title, remove),
    editor.element,
    said,
    h('div', { class: 'lane-look' }, h('div', {}, picture.element, cloud), verdict),
    h('figure', {}, h('figcaption', { class: 'caption', text: 'Spikes of the first layer for this sample' }), raster.element),
  );
  const [edited, changed] = [changes(), changes()];

  const update = (race: Race): void => {
    const { lanes, config: shared } = store.state;
    const change = lanes[index] ?? {};
    const lane = race.lanes[index];
    if (edited(change, shared)) {
      editor.update();
      render(html`${swatch(index)}${laneWords(change, shared)}`, title);
    }
    remove.hidden = lanes.length < 2;
    const mended = sentenceOf(laneNotes(shared, change));
    say(said, [mended, lane?.stopped ?? ''].join(' ').trim());
    const { probe, config } = lane ?? {};
    if (probe === undefined || config === undefined || !changed(probe)) return;
    const isCloud = probe.cloud !== undefined;
    const drawing = isCloud ? cloud : picture.element;
    cloud.hidden = !isCloud;
    picture.element.hidden = isCloud;
    if (probe.cloud === undefined) picture.drawGreys(probe.pixels, probe.height, probe.width, 1);
    else drawThumbnail(cloud, probe.cloud.points);
    const answer = race.data?.classes[probe.answer] ?? '';
    const truth = race.data?.classes[probe.label ?? -1] ?? '';
    const right = probe.unsure === undefined && probe.answer === probe.label;
    drawing.setAttribute('aria-label', `A held-out sample: ${truth}.`);
    verdict.dataset.answer = right ? 'right' : 'wrong';
    say(verdict, probe.unsure ?? `${right ? '✓' : '✗'} ${answer}, ${percent(probe.confidence, 0)} sure`);
    const [layer] = probe.layers;
    if (layer !== undefined) raster.draw({ layer, steps: probe.steps, kind: config.spike, rectified: lane?.info.layers[0]?.spiking === false });
  };
  const letGo = (): void => {
    picture.letGo();
    raster.letGo();
  };
  return { element, update, letGo };
}
