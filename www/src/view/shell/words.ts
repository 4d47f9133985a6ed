/** What the views are called, and what is done in them. */
import type { ViewName } from '../../state/settings';

export const VIEW_WORDS: Record<ViewName, { label: string; title: string; skip: string }> = {
  train: { label: 'Train', title: 'Watch a spiking network learn', skip: 'Skip to the run' },
  compare: { label: 'Compare', title: 'Race two or three settings, step by step', skip: 'Skip to the run' },
  classify: { label: 'Classify', title: 'Show the network an image or a shape of your own', skip: 'Skip to what you bring' },
  papers: { label: 'Papers', title: 'Seven claims, and experiments that settle them', skip: 'Skip to the papers' },
};
