/** A handful of settings under one name each: chosen together here, and set one by one below. */
import { recipeOf, type Recipe } from '../../state/recipes';
import type { SessionConfig } from '../../worker/protocol';
import type { Commit, Control } from './control';
import { freshId, h, say } from '../shared/element';

const OWN_SETTINGS = 'Settings of your own, as they stand below.';

export function recipeControl<T extends string>(param: string, label: string, recipes: readonly Recipe<T>[], commit: Commit): Control {
  const [name, explainId] = [freshId('recipe'), freshId('explain')];
  const explain = h('p', { class: 'caption', id: explainId });
  const choices = recipes.map((recipe) => {
    const id = freshId('recipe');
    const input = h('input', { type: 'radio', id, name, value: recipe.value });
    input.addEventListener('change', () => { commit({ ...recipe.sets }); });
    return { recipe, input, element: h('div', { class: 'toggle' }, input, h('label', { for: id, text: recipe.label, title: recipe.explain })) };
  });
  const element = h(
    'fieldset', { class: 'field', 'aria-describedby': explainId, 'data-field': param },
    h('legend', { text: label }), h('div', { class: 'recipes' }, ...choices.map((choice) => choice.element)), explain,
  );
  const show = (config: SessionConfig): void => {
    const chosen = recipeOf(recipes, config);
    for (const { recipe, input } of choices) input.checked = recipe.value === chosen;
    say(explain, recipes.find(({ value }) => value === chosen)?.explain ?? OWN_SETTINGS);
  };
  return { element, show };
}
