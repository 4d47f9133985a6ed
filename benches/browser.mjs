/** The browser, and the page in it that does the work. */

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { Refusal, say } from './output.mjs';

const ANSWER_LIMIT_MS = 180_000;

export async function launch() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Refusal(`There is no browser at ${executablePath}. Name one in the variable CHROMIUM.`);
  }
  return chromium.launch({
    executablePath,
    // Unless told to, the browser rounds what the heap holds.
    args: ['--headless=new', '--no-sandbox', '--enable-unsafe-webgpu', '--enable-features=Vulkan', '--enable-precise-memory-info'],
  });
}

/** Opens the page and gives its `window.bench`, with a limit on every answer. */
export async function openBench(browser, address) {
  const page = await browser.newPage();
  page.on('pageerror', (error) => say(`In the page: ${error.message}`));
  await page.goto(`${address}/bench.html`, { waitUntil: 'load' });
  return async (method, ...given) => {
    let timer;
    const limit = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer in ${ANSWER_LIMIT_MS / 1000} s`)), ANSWER_LIMIT_MS);
    });
    const answer = page.evaluate(([name, values]) => window.bench[name](...values), [method, given]);
    return Promise.race([answer, limit]).finally(() => clearTimeout(timer));
  };
}
