/** Sets properties of an element's style from a template; a `style` attribute, which the page's policy refuses, never is written. */
import { noChange } from 'lit-html';
import { Directive, directive, type ElementPart } from 'lit-html/directive.js';

class Styled extends Directive {
  // Nothing is rendered; its parameters are those of the directive.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  override render(property: string, value: string): symbol {
    return noChange;
  }

  override update(part: ElementPart, [property, value]: [string, string]): symbol {
    const { style } = part.element as HTMLElement;
    if (style.getPropertyValue(property) !== value) style.setProperty(property, value);
    return noChange;
  }
}

/** `<td ${styled('--shade', '0.5')}>` */
export const styled = directive(Styled);
