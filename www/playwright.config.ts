import { defineConfig } from '@playwright/test';
import { BROWSER, FIREFOX } from './tests/browser';

/** Another one where two runs of the tests share a machine. */
const PORT = Number(process.env.PAGE_PORT ?? 4179);

const CHROMIUM = { permissions: ['clipboard-read', 'clipboard-write'], launchOptions: BROWSER };

/** The tests that another engine may fail where Chromium does not, and that take minutes together. */
const EVERYWHERE = ['train', 'classify', 'compare', 'same-run', 'stage', 'drops', 'kept', 'access'].map((name) => `${name}.spec.ts`);
/** What of them is the same wherever the others pass: races and experiments are kept as runs are, and the core says which settings it takes. */
const ALIKE = new RegExp(['(?:a race|an experiment) goes on after a reload', 'every setting that a lane may change', 'lanes that differ in nothing',
  'a rate that is too high', 'the page and the core begin'].join('|'));

/** `npx playwright test`, after the wasm and the page have been built; `cargo xtask test --only page` does all of it. */
export default defineConfig({
  testDir: 'tests',
  outputDir: '../target/page/results',
  // One page computes at a time: two would share the cores and time each other out.
  workers: 1,
  fullyParallel: false,
  // A machine that stands still for a moment fails no one; what passes only the second time is listed as flaky, to be mended.
  retries: 1,
  timeout: 180_000,
  expect: { timeout: 60_000 },
  reporter: [['list']],
  use: {
    baseURL: `http://localhost:${PORT}/`,
    viewport: { width: 1280, height: 900 },
    // What one test kept would answer the next one; offline.spec.ts is about it.
    serviceWorkers: 'block',
  },
  projects: [
    { name: 'tests', testMatch: '*.spec.ts', testIgnore: 'webkit.spec.ts', use: CHROMIUM },
    // What a person does most, in other engines: npx playwright test --project firefox --project webkit
    { name: 'firefox', testMatch: EVERYWHERE, grepInvert: ALIKE, use: { browserName: 'firefox', launchOptions: FIREFOX } },
    { name: 'webkit', testMatch: 'webkit.spec.ts' },
    // Half an hour of training: npx playwright test --project soak
    { name: 'soak', testMatch: 'soak.ts', use: CHROMIUM },
    // Times a first visit on a slow line: npx playwright test --project slow
    { name: 'slow', testMatch: 'slow.ts', use: CHROMIUM },
    // Makes the pictures of the README: npx playwright test --project pictures
    { name: 'pictures', testMatch: 'pictures.ts', use: CHROMIUM },
  ],
  webServer: {
    command: `npx vite preview --strictPort --port ${PORT}`,
    url: `http://localhost:${PORT}/`,
    // Another checkout's page would be tested in place of this one.
    reuseExistingServer: false,
  },
});
