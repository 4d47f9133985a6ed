import { defineConfig } from 'vitest/config';
import { servedNames } from './build/plugin.ts';

/** Unit tests stand beside what they test; what needs a browser stands in `tests/`, for Playwright. */
export default defineConfig({ plugins: [servedNames()], test: { include: ['src/**/*.test.ts'] } });
