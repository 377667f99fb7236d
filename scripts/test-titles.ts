import { createVitest } from 'vitest/node';
import { leadingIds } from './rules.ts';

/** A test as it will run: contract suites and tests made in loops included. */
export interface TestTitle {
  /** Relative to the project's root. */
  readonly file: string;
  readonly title: string;
  readonly ids: readonly string[];
}

/**
 * The titles of every test, without running any. The files are loaded for it, because only then is it known which
 * contract suites are really used.
 * @throws Error if a file cannot be loaded, since its tests would be missing silently
 */
export async function collectTestTitles(): Promise<readonly TestTitle[]> {
  const vitest = await createVitest('test', { watch: false, reporters: [] });
  try {
    const { testModules, unhandledErrors } = await vitest.collect();
    const faults = testModules.flatMap((module) =>
      module.errors().map((e) => `${module.relativeModuleId}: ${e.message}`),
    );
    faults.push(...unhandledErrors.map((error) => String(error)));
    if (faults.length > 0) throw new Error(`Test files that cannot be loaded:\n${faults.join('\n')}`);
    return testModules.flatMap((module) =>
      [...module.children.allTests()].map(({ name }) => ({
        file: module.relativeModuleId,
        title: name,
        ids: leadingIds(name),
      })),
    );
  } finally {
    await vitest.close();
  }
}
