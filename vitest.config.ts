import { availableParallelism } from 'node:os';
import { storybookTest } from '@storybook/addon-vitest/vitest-plugin';
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import type { BrowserConfigOptions } from 'vitest/node';
import { chromium } from './scripts/setup/programs.ts';
import { SummaryReporter } from './scripts/summary-reporter.ts';

const BROWSER_TESTS = 'test/**/*.browser.test.{ts,tsx}';
const executablePath = chromium.find();

/** A browser of its own for each project: vitest writes the project's name into it. */
const headlessChromium = (): BrowserConfigOptions => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      // A browser in a container that talks to nobody but the tests.
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  }),
  instances: [{ browser: 'chromium' }],
});

/** `mode` says whether something is tested as a whole that a run of all tests takes a part of. */
const inNode = (mode: string): TestProjectConfiguration => ({
  extends: true,
  test: {
    name: 'node',
    env: { TEST_MODE: mode },
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: [BROWSER_TESTS],
    // Loading the library anew for each of the files takes longer than most of them.
    isolate: false,
    maxWorkers: availableParallelism(),
    sequence: { groupOrder: 0 },
  },
});

/** Bundled before the first test: a package that is found later makes vite reload the page in the middle of one. */
const PACKAGES_IN_BROWSER = [
  '@noble/hashes/sha2.js',
  '@noble/hashes/utils.js',
  'drizzle-orm',
  'drizzle-orm/sql-js',
  'drizzle-orm/sqlite-core',
  'idb',
  'immer',
  'react',
  'react-dom',
  'react-dom/client',
  'react-dom/server.browser',
  'react/jsx-dev-runtime',
  'sql.js',
  'xstate',
  'xstate/graph',
  'zod/mini',
];

const inChromium: TestProjectConfiguration = {
  extends: true,
  plugins: [react()],
  optimizeDeps: { include: PACKAGES_IN_BROWSER },
  test: {
    name: 'chromium',
    include: [BROWSER_TESTS],
    browser: headlessChromium(),
    sequence: { groupOrder: 1 },
  },
};

/** Every story, with its play function and its check of accessibility. */
const inStorybook: TestProjectConfiguration = {
  extends: true,
  plugins: [storybookTest({ configDir: '.storybook' })],
  test: { name: 'storybook', browser: headlessChromium(), sequence: { groupOrder: 2 } },
};

export default defineConfig(({ mode }) => ({
  test: {
    reporters: ['default', new SummaryReporter()],
    allowOnly: false,
    projects: executablePath === undefined ? [inNode(mode)] : [inNode(mode), inChromium, inStorybook],
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
}));
