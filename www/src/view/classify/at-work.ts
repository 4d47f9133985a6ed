/** The network with what was brought going through it, and to which classes the chosen neuron speaks. */
import type { App } from '../../app';
import type { Answer, Classification } from '../../run/classification';
import { h, say } from '../shared/element';
import { changes } from '../shared/kept';
import type { SlowMotion } from '../shared/motion';
import { panel } from '../shared/part';
import { neuronWords } from '../shared/raster';
import { liveliest } from '../stage/liveliest';
import { saidWords } from '../stage/says';
import { Stage, type Choice } from '../stage/stage';

export class AtWork {
  readonly element: HTMLElement;
  private readonly stage: Stage;
  private readonly words = h('p', { class: 'caption', 'data-test': 'says' });
  private answer: Answer | undefined;
  /** The neuron that a person chose, in a network of these layers. */
  private own: { readonly choice: Choice; readonly layers: Answer['layers'] } | undefined;
  private readonly changed = changes();
  private readonly unheard = changes();
  private isBusy = false;

  constructor(app: App, private readonly work: Classification, motion: SlowMotion) {
    this.stage = new Stage(motion, (choice) => {
      if (this.answer === undefined) return;
      this.own = { choice, layers: this.answer.layers };
      this.draw(this.answer, this.isBusy);
    });
    this.element = panel(app, 'stage', 'The network at work', motion.element, this.stage.element, this.words);
  }

  /** `isBusy`: the next answer is on its way already, and a neuron is not asked about this one. */
  draw(answer: Answer, isBusy: boolean): void {
    this.answer = answer;
    this.isBusy = isBusy;
    const { probe, layers, kind, network, data: { classes } } = answer;
    // A neuron that nobody chose is one that fires.
    const chosen = this.own?.layers === layers ? this.own.choice : liveliest(probe);
    const heard = this.work.said;
    const said = heard?.probe === probe && heard.layer === chosen?.layer && heard.neuron === chosen.neuron ? heard.values : undefined;
    if (chosen !== undefined && !isBusy && this.unheard(probe, chosen.layer, chosen.neuron)) void this.work.listen(chosen.layer, chosen.neuron);
    if (!this.changed(probe, chosen?.layer, chosen?.neuron, said)) return;
    const shape = probe.layers[chosen?.layer ?? 0]?.shape;
    say(this.words, chosen === undefined || said === undefined || shape === undefined ? ''
      : `Layer ${chosen.layer + 1}, ${neuronWords(shape, chosen.neuron)}, ${saidWords(said, classes)}.`);
    this.stage.draw({ probe, layers, kind, network, classes, chosen, ...(said === undefined ? {} : { said }) });
  }
}
