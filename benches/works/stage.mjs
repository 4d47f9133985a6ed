/** What the stage of the Train view costs: frames and training steps with it and without it, for networks of four shapes. */

import { say } from '../output.mjs';
import { withBuiltPage } from '../built-page.mjs';
import { spread } from './statistics.mjs';
import { watchTraining } from './page.mjs';

const TRAINED_MS = 8000;
/** Steps that are taken before the clock starts: the first allocates. */
const WARM_STEPS = 3;

/** Planned long enough that none comes to its end. */
const LONG = 'v=1&backend=flex&epochs=1000';
const NETWORKS = [
  { title: 'MLP 784-256-256-10, batch 32', link: 'data=mnist&net=mlp&widths=256,256' },
  { title: 'the first convnet, batch 32', link: 'data=mnist' },
  { title: 'residual network of 13 layers, batch 32', link: 'data=mnist&net=resnet&widths=8,16&blocks=3' },
  {
    title: 'the full PointNet of 512 points, batch 4',
    link: 'data=furniture&net=pointnet&widths=64,128,1024&head=512,256&points=512&inputTransform=1&featureTransform=1&batch=4',
  },
];

async function timeOnce(context, address, link) {
  const page = await context.newPage();
  page.on('pageerror', (error) => say(`In the page: ${error.message}`));
  await page.goto(`${address}/index.html#${LONG}&${link}`);
  await page.locator('[data-test=play]:not([disabled])').click();
  await page.waitForFunction((steps) => Number(document.querySelector('#view > *').dataset.step) >= steps, WARM_STEPS, { timeout: 120_000 });
  const trained = await page.evaluate(watchTraining, TRAINED_MS);
  await page.close();
  return trained;
}

/** With and without take turns. */
export function timeStage({ browser, root, rounds }) {
  return withBuiltPage({ browser, root }, async (context, address) => {
    const networks = [];
    for (const { title, link } of NETWORKS) {
      const [beside, without] = [[], []];
      for (let round = 0; round < rounds; round++) {
        beside.push(await timeOnce(context, address, link));
        without.push(await timeOnce(context, address, `${link}&hide=stage`));
      }
      const of = (all, key) => spread(all.map((one) => one[key]));
      const measured = {
        title, framesPerSecond: of(beside, 'framesPerSecond'), longestMs: of(beside, 'longestMs'),
        stepsPerSecond: of(beside, 'stepsPerSecond'), stepsWithout: of(without, 'stepsPerSecond'),
      };
      const { framesPerSecond, longestMs, stepsPerSecond, stepsWithout } = measured;
      say(`Stage, ${title}: ${framesPerSecond.median.toFixed(1)} frames a second, longest task ${longestMs.median.toFixed(0)} ms, `
        + `${stepsPerSecond.median.toFixed(2)} steps a second, ${stepsWithout.median.toFixed(2)} without it`);
      networks.push(measured);
    }
    return { networks, seconds: TRAINED_MS / 1000 };
  });
}
