import { defineConfig } from 'vitest/config';
import { servedNames } from './build/plugin.ts';

/** Unit tests stand beside what they test; what needs a browser stands in `tests/`, for Playwright. */
export default defineConfig({
  plugins: [servedNames()],
  // Thousands of links take seconds, on a busy machine a minute.
  test: { include: ['src/**/*.test.ts'], testTimeout: 300_000 },
});
