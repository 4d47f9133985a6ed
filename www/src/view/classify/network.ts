/** Which network answers in the Classify view. */
import type { App } from '../../app';
import type { Classification } from '../../run/classification';
import { CLASSIFIERS } from '../../state/settings';
import { calledData, FORM_WORDS } from './words';
import { freshId, h, say } from '../shared/element';
import { chosenOf, counted, type Part } from '../shared/part';

export function networkChoice(app: App, work: Classification): Part {
  const { store, training } = app;
  const id = freshId('network');
  const options = new Map(CLASSIFIERS.map((name) => [name, h('option', { value: name })]));
  const select = h('select', { id, 'data-test': 'network' }, ...options.values());
  select.addEventListener('change', () => {
    const classifier = chosenOf(select, CLASSIFIERS);
    if (classifier !== undefined) store.update({ classifier });
  });
  const explain = h('p', { class: 'caption' });
  const switched = h('p', { class: 'caption switched', role: 'status', 'data-test': 'switched' });
  const trainedOn = (): string => calledData((training.info?.config ?? store.state.config).data);
  const update = (): void => {
    for (const [name, option] of options) {
      if (name !== 'trained') say(option, `Pre-trained on ${calledData(name)}`);
      else say(option, training.step === 0 ? 'Trained here (nothing yet)' : `Trained here on ${trainedOn()}`);
    }
    const trained = options.get('trained');
    if (trained !== undefined) trained.disabled = training.step === 0;
    select.value = work.classifier;
    const { left } = work;
    if (work.classifier === 'trained') say(explain, `The network of the Train view, after ${counted(training.step, 'training step')}.`);
    else if (store.state.classifier === 'trained') say(explain, 'Nothing has been trained in this page yet, so the network that ships with it answers.');
    else say(explain, 'It ships with the page and was trained by the code of this page.');
    say(switched, left === undefined ? '' : `${FORM_WORDS[work.form].brought}, so the network `
      + `${work.classifier === 'trained' ? 'trained here' : 'pre-trained'} on ${calledData(work.data)} answers in place of the one `
      + `${left === 'trained' ? `trained here on ${trainedOn()}` : `for ${calledData(left)}`}.`);
  };
  update();
  // What was switched is said even where a link hides the choice.
  const element = h('div', { class: 'field' }, h('label', { for: id, text: 'Network' }), select, explain);
  element.hidden = !app.shows('network');
  return { element: h('div', { class: 'field' }, element, switched), update };
}
