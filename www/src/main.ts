/** The page: three views of one state. */
import { createApp } from './app';
import { createClassifyView } from './view/classify';
import { createCompareView } from './view/compare';
import { mountShell } from './view/shell';
import { createTrainView } from './view/train';

const place = document.getElementById('page');
if (place !== null) {
  const app = createApp();
  mountShell(app, { train: createTrainView, compare: createCompareView, classify: createClassifyView }, place);
}
