/** How the tests start their browser. */

/** A headless Chromium that asks nothing of the network by itself. */
export const BROWSER = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
};

/** The same with WebGPU computed by the CPU: slow, and the same on every machine. */
export const SOFTWARE_WEBGPU = {
  ...BROWSER,
  args: [...BROWSER.args, '--enable-unsafe-webgpu', '--enable-unsafe-swiftshader', '--use-webgpu-adapter=swiftshader'],
};

/**
 * Debian's Firefox, driven by WebDriver BiDi: Playwright's own Firefox is a patched build that has to be downloaded. Newer
 * releases of Playwright than the one that package.json pins ask for commands that this Firefox does not have yet.
 */
export const FIREFOX = {
  channel: 'moz-firefox',
  executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
  // A test reads what the page has copied, and nobody is there to be asked.
  firefoxUserPrefs: { 'dom.events.testing.asyncClipboard': true },
};
