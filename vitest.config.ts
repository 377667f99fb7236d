import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './scripts/summary-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', new SummaryReporter()],
    allowOnly: false,
    // Every branch of what decides and of what carries out.
    coverage: {
      provider: 'v8',
      include: ['src/machines/**', 'src/runtime/**'],
      reporter: ['text', 'json'],
      reportsDirectory: 'coverage',
    },
    // Properties and enumerated paths run many cases in one test; the limit only stops what hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
