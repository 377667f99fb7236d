import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts tests, and as a failure also each file or suite that failed without a failing test of its own. */
function countModule(module: TestModule, counts: Counts): void {
  let failed = 0;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed') counts.passed += 1;
    else if (state === 'failed') failed += 1;
    else counts.skipped += 1;
  }
  counts.failed += failed === 0 && module.state() === 'failed' ? 1 : failed;
}

/**
 * Ends the output of a run with `N passed, N failed, N skipped`, after everything else that is printed. Errors outside
 * of any test count as failures: the line and the exit code never disagree.
 */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const counts: Counts = { passed: 0, failed: unhandled.length, skipped: 0 };
    for (const module of modules) countModule(module, counts);
    process.once('exit', (code) => {
      if (code !== 0 && counts.failed === 0) counts.failed = 1;
      if (counts.failed > 0) process.exitCode = 1;
      process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
    });
  }
}
