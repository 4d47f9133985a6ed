import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { deployed } from './build/deploy.ts';
import { servedFiles, servedNames } from './build/plugin.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  base: './',
  plugins: [servedNames(), servedFiles(), deployed()],
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // three.js, which is fetched only where a cloud is shown, is larger than what is warned of.
    chunkSizeWarningLimit: 600,
    rollupOptions: {
      input: ['index.html', 'embed.html', 'tutorial.html'].map((page) => join(here, page)).filter((page) => existsSync(page)),
    },
  },
  worker: { format: 'es', plugins: () => [servedNames()] },
});
