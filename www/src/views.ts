/** The views by name. */
import { createClassifyView } from './view/classify/classify';
import { createCompareView } from './view/compare/compare';
import { createPapersView } from './view/papers/papers';
import type { ViewMakers } from './view/shell/shell';
import { createTrainView } from './view/train/train';

export const VIEW_MAKERS: ViewMakers = { train: createTrainView, compare: createCompareView, classify: createClassifyView, papers: createPapersView };
