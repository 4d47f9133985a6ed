/** The one equation of each paper, as MathML, which browsers set and read out by themselves. */
import type { Paper } from '../../worker/protocol';

type Part = Element | string;

const NAMESPACE = 'http://www.w3.org/1998/Math/MathML';

function m(tag: string, ...parts: readonly Part[]): Element {
  const element = document.createElementNS(NAMESPACE, tag);
  element.append(...parts);
  return element;
}

/** A variable; several letters are a name, set upright. */
const v = (name: string): Element => {
  const element = m('mi', name);
  if (name.length > 1) element.setAttribute('mathvariant', 'normal');
  return element;
};
const n = (number: string): Element => m('mn', number);
const o = (operator: string): Element => m('mo', operator);
const text = (words: string): Element => m('mtext', words);
const row = (...parts: readonly Part[]): Element => m('mrow', ...parts);
const sub = (base: Part, below: Part): Element => m('msub', base, below);
const sup = (base: Part, above: Part): Element => m('msup', base, above);
const fraction = (above: Part, below: Part): Element => m('mfrac', above, below);
const brackets = (...parts: readonly Part[]): Element => row(o('('), ...parts, o(')'));
const sum = (below: Part): Element => m('munder', o('∑'), below);
const minus = (part: Part): Element => row(o('−'), part);

/** "value, condition" pairs behind a brace. */
function cases(...lines: readonly (readonly [Part, Part])[]): Element {
  const table = m('mtable', ...lines.map(([value, condition]) => m('mtr', m('mtd', value), m('mtd', condition))));
  table.setAttribute('class', 'cases');
  return row(o('{'), table);
}

/** Formulas side by side, which may stand below each other where there is little room. */
const EQUATIONS: Record<Paper, () => readonly Element[]> = {
  reverb: () => [
    row(v('o'), o('='), cases([v('u'), row(text('if\u00a0'), v('u'), o('≥'), v('V'))], [n('0'), text('else')])),
    row(v('I'), o('='), v('α'), o('⋅'), v('sign'), brackets(v('W')), o('⋅'), v('o')),
  ],
  contrast: () => [
    row(v('L'), o('='), sub(v('L'), v('CE')), o('+'), v('β'), sum(v('l')), sub(v('w'), v('l')), sub(v('L'), v('l'))),
    row(
      sub(v('L'), v('l')), o('='), o('−'), fraction(n('1'), v('B')), sum(v('i')), v('log'),
      fraction(row(v('exp'), brackets(sub(v('s'), v('i')), o('⋅'), sub(v('a'), v('i')), o('/'), v('κ'))),
        row(sum(v('j')), v('exp'), brackets(sub(v('s'), v('i')), o('⋅'), sub(v('a'), v('j')), o('/'), v('κ')))),
    ),
  ],
  enof: () => [
    row(sub(v('L'), v('AF')), o('='), sup(v('Θ'), n('2')), v('KL'), brackets(sub(v('q'), v('A')), o('∥'), sub(v('q'), v('S')))),
    row(v('q'), o('='), v('softmax'), brackets(fraction(row(sub(v('W'), v('A')), v('f'), o('+'), sub(v('b'), v('A'))), v('Θ')))),
  ],
  shortcut: () => [
    row(v('o'), o('='), sub(v('b'), v('n')), brackets(v('x')), o('+'), v('λ'), brackets(v('i')), sum(row(v('l'), o('<'), v('n'))), sub(v('b'), v('l')),
      brackets(v('x'))),
    row(v('λ'), brackets(v('i')), o('='), n('0.25'), brackets(n('1'), o('−'), fraction(v('i'), v('I')))),
  ],
  ternary: () => [
    row(v('o'), o('='), v('a'), o('⋅'), v('b')),
    row(v('b'), o('='), cases([n('1'), row(text('if\u00a0'), v('u'), o('≥'), v('V'))],
      [minus(n('1')), row(text('if\u00a0'), v('u'), o('≤'), minus(v('V')))], [n('0'), text('else')])),
  ],
  paradigm: () => [
    row(sub(v('u'), n('0')), o('∼'), v('U'), o('['), n('0'), o(','), n('0.5'), o(')')),
    row(sub(v('u'), v('t')), o('='), v('τ'), sub(v('u'), row(v('t'), o('−'), n('1'))), o('+'), sub(v('I'), v('t'))),
    row(text('train at\u00a0'), v('T'), o('='), n('1'), text(', run at\u00a0'), v('T'), o('='), n('4')),
  ],
  imLoss: () => [
    row(v('L'), o('='), sub(v('L'), v('CE')), o('+'), v('λ'), sum(v('l')), sup(brackets(v('mean'), brackets(sub(v('U'), v('l'))), o('−'), v('V')), n('2'))),
    row(sub(v('K'), v('i')), o('='), sup(n('10'), row(v('i'), o('/'), v('N')))),
  ],
};

export function equationOf(paper: Paper): readonly Element[] {
  return EQUATIONS[paper]().map((formula) => {
    const math = m('math', formula);
    math.setAttribute('display', 'block');
    return math;
  });
}
