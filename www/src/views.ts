/** The views by name. Each is a program of its own, which is fetched when the view is first shown: what nobody looks at holds nothing up. */
import type { ViewPrograms } from './view/shell/shell';

export const VIEW_PROGRAMS: ViewPrograms = {
  train: async () => (await import('./view/train/train')).createTrainView,
  compare: async () => (await import('./view/compare/compare')).createCompareView,
  classify: async () => (await import('./view/classify/classify')).createClassifyView,
  papers: async () => (await import('./view/papers/papers')).createPapersView,
};
