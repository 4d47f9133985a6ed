import { defineConfig } from 'vitest/config';

/** Unit tests stand beside what they test; what needs a browser stands in `tests/`, for Playwright. */
export default defineConfig({ test: { include: ['src/**/*.test.ts'] } });
