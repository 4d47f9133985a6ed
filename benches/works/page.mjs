/** The built page as a person meets it: until it can be used, until spikes move, and how smoothly it runs while it trains. */

import { withBuiltPage } from '../built-page.mjs';
import { say } from '../output.mjs';
import { spread } from './statistics.mjs';

const TRAINED_MS = 10_000;
/** The page's first run, on the CPU. */
const RUN = 'index.html#v=1&backend=flex';

// The functions that follow run in the page, which gets no more of this file than their text.

/** From the first moment of the page: `ready` is when Play can be pressed, in milliseconds from its opening. */
function watchOpening() {
  const ready = new Promise((resolve) => {
    const look = () => {
      if (document.querySelector('#view [data-status=ready]') === null) requestAnimationFrame(look);
      else resolve(performance.now());
    };
    requestAnimationFrame(look);
  });
  window.watched = { ready };
}

/** Whether every raster has been painted: what is not is transparent. */
function rastersStand() {
  const rasters = [...document.querySelectorAll('#view canvas.raster')];
  return rasters.length > 0 && rasters.every((raster) => raster.getContext('2d').getImageData(0, 0, 1, 1).data[3] > 0);
}

/**
 * Before the press: `moved` is how long after it a frame has the first step counted and a raster that tells of other
 * spikes and shows them.
 */
function watchPress() {
  const view = document.querySelector('#view > *');
  const rasters = [...document.querySelectorAll('#view canvas.raster')];
  const seen = (raster) => {
    const { width, height } = raster;
    return { told: raster.getAttribute('aria-label'), pixels: raster.getContext('2d').getImageData(0, 0, width, height).data };
  };
  const before = rasters.map(seen);
  const hasMoved = (raster, i) => {
    const { told, pixels } = seen(raster);
    return told !== before[i].told && pixels.some((value, at) => value !== before[i].pixels[at]);
  };
  const moved = new Promise((resolve) => {
    const onPress = ({ timeStamp }) => {
      const look = () => {
        if (Number(view.dataset.step) > 0 && rasters.some(hasMoved)) resolve(performance.now() - timeStamp);
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    };
    document.querySelector('[data-test=play]').addEventListener('click', onPress, { capture: true, once: true });
  });
  Object.assign(window.watched, { moved });
}

/** So many milliseconds of training: the main thread's long tasks, frames, steps, and the heap at their end. */
export async function watchTraining(lengthMs) {
  const view = document.querySelector('#view > *');
  const tasks = [];
  const take = (entries) => tasks.push(...entries.map(({ duration }) => duration));
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  observer.observe({ type: 'longtask' });
  const [begun, step] = [performance.now(), Number(view.dataset.step)];
  const frames = await new Promise((resolve) => {
    let count = 0;
    const next = () => {
      count += 1;
      if (performance.now() - begun < lengthMs) requestAnimationFrame(next);
      else resolve(count);
    };
    requestAnimationFrame(next);
  });
  const seconds = (performance.now() - begun) / 1000;
  take(observer.takeRecords());
  observer.disconnect();
  return {
    framesPerSecond: frames / seconds,
    stepsPerSecond: (Number(view.dataset.step) - step) / seconds,
    longTasks: tasks.length,
    longestMs: Math.max(0, ...tasks),
    longMs: tasks.reduce((sum, duration) => sum + duration, 0),
    heapBytes: performance.memory.usedJSHeapSize,
  };
}

/** Opens the page until Play can be pressed. */
async function openPage(context, address) {
  const page = await context.newPage();
  page.on('pageerror', (error) => say(`In the page: ${error.message}`));
  await page.addInitScript(watchOpening);
  await page.goto(`${address}/${RUN}`);
  return { page, readyMs: await page.evaluate(() => window.watched.ready) };
}

/** Opens the page, presses Play at once, and lets it train. */
async function timeOnce(context, address) {
  const { page, readyMs } = await openPage(context, address);
  await page.waitForFunction(rastersStand);
  await page.evaluate(watchPress);
  await page.locator('[data-test=play]').click();
  const movedMs = await page.evaluate(() => window.watched.moved);
  const trained = await page.evaluate(watchTraining, TRAINED_MS);
  await page.close();
  return { readyMs, movedMs, ...trained };
}

/** Opens the page once to fill the browser's cache, and once a round. */
export function timePage({ browser, root, rounds }) {
  return withBuiltPage({ browser, root }, async (context, address) => {
    const { page } = await openPage(context, address);
    await page.close();
    const all = [];
    for (let round = 0; round < rounds; round++) {
      all.push(await timeOnce(context, address));
      say(`Page: round ${round + 1} of ${rounds}, ready in ${all[round].readyMs.toFixed(0)} ms, spikes move in ${all[round].movedMs.toFixed(0)} ms`);
    }
    const spreads = Object.keys(all[0]).map((key) => [key, spread(all.map((one) => one[key]))]);
    return { ...Object.fromEntries(spreads), seconds: TRAINED_MS / 1000 };
  });
}
