/** Which axis of a shape's file is up: a person's choice, beside what the network would make of each. */
import { html, nothing, render } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type { CloudAnswer, Standing } from '../../run/classification';
import type { ShapeReading } from '../../run/shape-reading';
import { UPS, type Up } from '../../worker/reader';
import { freshId, h } from '../shared/element';
import { percent } from '../shared/part';
import { styled } from '../shared/styled';

const UP_WORDS: Record<Up, string> = { z: 'z', y: 'y', x: 'x', negZ: '-z', negY: '-y', negX: '-x' };

/** So much surer the network has to be of another axis before it is proposed. */
const CLEARLY = 0.05;

function sureness({ best }: Standing): number {
  return best?.confidence ?? 0;
}

/** Counted by `cargo test --test data surest`. */
const HOW_OFTEN = 'A format says little about which way is up, and so does being sure: of 81 held-out shapes the network '
  + 'that ships is surest of 51 as they stand.';

/** The standing that the network is surest of; nothing before it has seen the shape with every axis up. */
function surestOf(standings: readonly Standing[]): Standing | undefined {
  if (standings.length < UPS.length) return undefined;
  return standings.reduce((best, standing) => (sureness(standing) > sureness(best) ? standing : best));
}

export class UpChoice {
  readonly element = h('fieldset', { class: 'ups', 'data-test': 'up' });
  private readonly name = freshId('up');

  /** What a person has chosen, until it is answered. */
  private wanted: Up | undefined;

  /** `choose` hears which axis a person takes. */
  constructor(private readonly choose: (reading: ShapeReading, up: Up) => void) {}

  /** `isBusy`: the next answer is on its way. */
  draw({ standings, data }: CloudAnswer, reading: ShapeReading, isBusy: boolean): void {
    if (!isBusy) this.wanted = undefined;
    const chosen = this.wanted ?? reading.up;
    const surest = surestOf(standings);
    const taken = standings.find(({ up }) => up === reading.up);
    const better = surest?.best !== undefined && taken !== undefined && sureness(surest) > sureness(taken) + CLEARLY ? surest : undefined;
    const means = ({ best }: Standing): string => (best === undefined ? 'no answer' : `${data.classes[best.answer] ?? ''} ${percent(best.confidence, 0)}`);
    const one = (up: Up): unknown => {
      const standing = standings.find((known) => known.up === up);
      const marks = [up === reading.info.up ? 'as guessed' : '', up === surest?.up ? 'surest' : ''].filter((mark) => mark !== '').join(', ');
      return html`<label class="up">
        <input type="radio" name=${this.name} value=${up} .checked=${live(up === chosen)} @change=${() => { this.take(reading, up); }}>
        <span class="axis">${UP_WORDS[up]}</span>
        <span class="marks">${marks}</span>
        <span class="means">${standing === undefined ? 'not asked yet' : means(standing)}</span>
        <span class="track" aria-hidden="true"
          ><span class="bar" ${styled('transform', `scaleX(${(standing === undefined ? 0 : sureness(standing)).toFixed(3)})`)}></span></span>
      </label>`;
    };
    const proposal = better === undefined ? nothing : html`<p class="proposal" data-test="up-proposal">With ${UP_WORDS[better.up]} up the
      network is surer: ${means(better)}.
      <button type="button" class="quiet" @click=${() => { this.accept(reading, better.up); }}>Stand it so</button></p>`;
    const how = surest === undefined ? nothing : html`<p class="caption">${HOW_OFTEN}</p>`;
    render(html`<legend>Up in the file is</legend><div class="ways">${UPS.map(one)}</div>${proposal}${how}`, this.element);
  }

  /** The button goes once its proposal is taken; whoever pressed it goes on from the axis that it chose. */
  private accept(reading: ShapeReading, up: Up): void {
    this.element.querySelector<HTMLInputElement>(`input[value="${up}"]`)?.focus();
    this.take(reading, up);
  }

  private take(reading: ShapeReading, up: Up): void {
    this.wanted = up;
    this.choose(reading, up);
  }
}
