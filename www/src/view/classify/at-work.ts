/** The network with what was brought going through it, and to which classes the chosen neuron speaks. */
import type { App } from '../../app';
import type { Answer, Classification } from '../../run/classification';
import { errorSentence } from '../../state/figures';
import { h, say } from '../shared/element';
import { changes } from '../shared/kept';
import type { SlowMotion } from '../shared/motion';
import { panel } from '../shared/part';
import { neuronWords } from '../shared/raster';
import { isIn, liveliest } from '../stage/liveliest';
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
  private doubted = false;
  private isBusy = false;
  private trouble = '';

  constructor(app: App, private readonly work: Classification, motion: SlowMotion) {
    this.stage = new Stage(motion, (choice) => {
      if (this.answer === undefined) return;
      this.own = { choice, layers: this.answer.layers };
      // Whoever chooses the same one again asks again.
      if (this.trouble !== '') this.unheard();
      this.draw(this.answer, this.doubted, this.isBusy);
    });
    this.element = panel(app, 'stage', 'The network at work', motion.element, this.stage.element, this.words);
  }

  /** `doubted`: the picture is unlike the training. `isBusy`: the next answer is on its way already, and a neuron is not asked about this one. */
  draw(answer: Answer, doubted: boolean, isBusy: boolean): void {
    [this.answer, this.doubted, this.isBusy] = [answer, doubted, isBusy];
    const { probe, layers, kind, network, dynamics, data: { classes } } = answer;
    // A neuron that nobody chose is one that fires.
    const own = this.own?.layers === layers ? this.own.choice : undefined;
    const chosen = isIn(probe, own) ? own : liveliest(probe);
    const heard = this.work.said;
    const said = heard?.probe === probe && heard.layer === chosen?.layer && heard.neuron === chosen.neuron ? heard.values : undefined;
    if (chosen !== undefined && !isBusy && !this.element.hidden && this.unheard(probe, chosen.layer, chosen.neuron)) void this.listen(chosen);
    if (!this.changed(probe, chosen?.layer, chosen?.neuron, said, this.trouble)) return;
    const shape = probe.layers[chosen?.layer ?? 0]?.shape;
    say(this.words, chosen === undefined || said === undefined || shape === undefined ? this.trouble
      : `Layer ${chosen.layer + 1}, ${neuronWords(shape, chosen.neuron)}, ${saidWords(said, classes)}.`);
    this.stage.draw({ probe, layers, kind, network, classes, chosen, dynamics, doubted, ...(said === undefined ? {} : { said }) });
  }

  private async listen({ layer, neuron }: Choice): Promise<void> {
    this.trouble = '';
    try {
      await this.work.listen(layer, neuron);
    } catch (error) {
      this.trouble = `What this neuron says is not known: ${errorSentence(error)} Choose it again to ask again.`;
      if (this.answer !== undefined) this.draw(this.answer, this.doubted, this.isBusy);
    }
  }
}
