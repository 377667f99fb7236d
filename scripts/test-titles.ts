import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVitest } from 'vitest/node';
import { leadingIds } from './rules.ts';

/** A test as it will run: contract suites and tests made in loops included. */
export interface TestTitle {
  /** Relative to the project's root. */
  readonly file: string;
  readonly title: string;
  readonly ids: readonly string[];
}

const IN_BROWSER = /\.browser\.test\.tsx?$/;
const TITLE = /^\s*(?:it|test)(?:\.\w+)*\(\s*(['"`])(.*?)\1/gm;

/** Tests that run in a browser, by the text of their files: nothing that a check does should need a browser. */
function browserTestTitles(): readonly TestTitle[] {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) => IN_BROWSER.test(file));
  return files
    .map((file) => join('test', file))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(TITLE)].map(([, , title = '']) => ({
        file,
        title,
        ids: leadingIds(title),
      })),
    );
}

/**
 * The titles of every test, without running any. The files are loaded for it, because only then is it known which
 * contract suites are really used.
 * @throws Error if a file cannot be loaded, since its tests would be missing silently
 */
export async function collectTestTitles(): Promise<readonly TestTitle[]> {
  const vitest = await createVitest('test', { watch: false, reporters: [], project: ['node'] });
  try {
    const { testModules, unhandledErrors } = await vitest.collect();
    const faults = testModules.flatMap((module) =>
      module.errors().map((e) => `${module.relativeModuleId}: ${e.message}`),
    );
    faults.push(...unhandledErrors.map((error) => String(error)));
    if (faults.length > 0) throw new Error(`Test files that cannot be loaded:\n${faults.join('\n')}`);
    const inNode = testModules.flatMap((module) =>
      [...module.children.allTests()].map(({ name }) => ({
        file: module.relativeModuleId,
        title: name,
        ids: leadingIds(name),
      })),
    );
    return [...inNode, ...browserTestTitles()];
  } finally {
    await vitest.close();
  }
}
