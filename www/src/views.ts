/** The views by name. */
import { createClassifyView } from './view/classify';
import { createCompareView } from './view/compare';
import { createPapersView } from './view/papers';
import type { ViewMakers } from './view/shell';
import { createTrainView } from './view/train';

export const VIEW_MAKERS: ViewMakers = { train: createTrainView, compare: createCompareView, classify: createClassifyView, papers: createPapersView };
