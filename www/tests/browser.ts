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
