import type { FirstRun } from './first-run.ts';
import type { SecondRun } from './second-run.ts';
import { counted } from './text-output.ts';

/** What the demo ends with: what became of the second run. */
export function lastLine({ keys, keysRestored, rowsRemoved, crashesSurvived }: SecondRun): string {
  const crashes = counted(crashesSurvived, 'crash', 'crashes');
  return `demo: ${keysRestored} of ${keys} keys restored byte for byte, ${rowsRemoved} rows removed, ${crashes} survived`;
}

/** Both runs as data: names, counts, codes and hashes, no values of users. */
export function asData(first: FirstRun, second: SecondRun): unknown {
  const { driftEntries: _, keys, ...plan } = first.plan;
  return {
    held: first.held && second.held,
    firstRun: {
      held: first.held,
      migration: first.migration,
      edits: first.edits.map(({ collection, kind, id }) => ({ collection, kind, id })),
      plan: { ...plan, keys: keys.length },
      rollback: first.rollback,
      proof: first.proof,
      rowsLeft: first.rowsLeft,
      receipt: first.report.receipt,
    },
    secondRun: second,
    summary: lastLine(second),
  };
}
