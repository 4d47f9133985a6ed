/** Sets properties of an element's style from a template; a `style` attribute, which the page's policy refuses, never is written. */
import { noChange } from 'lit-html';
import { Directive, directive, type ElementPart, type PartInfo } from 'lit-html/directive.js';

class Styled extends Directive {
  private readonly style: CSSStyleDeclaration;

  constructor(part: PartInfo) {
    super(part);
    this.style = ((part as ElementPart).element as HTMLElement).style;
  }

  override render(property: string, value: string): symbol {
    if (this.style.getPropertyValue(property) !== value) this.style.setProperty(property, value);
    return noChange;
  }
}

/** `<td ${styled('--shade', '0.5')}>` */
export const styled = directive(Styled);
