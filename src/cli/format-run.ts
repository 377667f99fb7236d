import type { DrillResult, MigrationResult, RollbackResult } from '../index.ts';
import { printableName, printableText, shortened } from './printable.ts';
import type { Style } from './style.ts';
import { count, counted } from './units.ts';

type Told = { readonly code: string; readonly message: string };

const told = ({ code, message }: Told): string => `${code}: ${printableText(message)}`;

const endings: Readonly<Record<RollbackResult['outcome'], string>> = {
  rolledBack: 'Rolled back: the data is back where it came from.',
  unchanged: 'Nothing was changed: everything is as it was before the run.',
  safeMode: 'Safe mode: migration and rollback are locked. Every copy is kept; a person has to look at it.',
};

function ending(outcome: MigrationResult['outcome'], status: RollbackResult['finalStatus'], style: Style): string {
  const text = outcome === 'migrated' ? 'Migrated: the data is in the database.' : endings[outcome];
  if (outcome === 'safeMode') return style.bad(text);
  if (status === 'FAILED') return style.caution(text);
  if (status === 'SUCCESS') return style.good(text);
  return style.caution(`${text} But not everything went as it should (see the warnings).`);
}

const figures = (result: NonNullable<RollbackResult['steps'][number]['result']>): string =>
  Object.entries(result)
    .map(
      ([name, value]) =>
        `${printableName(name)} ${typeof value === 'number' ? count(value) : printableText(String(value))}`,
    )
    .join(', ');

function stepLine(step: RollbackResult['steps'][number]): string {
  const mark = step.success ? 'done  ' : 'FAILED';
  const more = step.error ? told(step.error) : figures(step.result ?? {});
  return `  ${mark}  ${step.step}${more === '' ? '' : `: ${more}`}`;
}

const warningLines = (warnings: readonly Told[], style: Style): string[] =>
  warnings.map((warning) => style.caution(`Warning ${told(warning)}`));

/** How a rollback went, for people. */
export function formatRollback(result: RollbackResult, style: Style): string {
  return [
    ending(result.outcome, result.finalStatus, style),
    ...result.steps.map(stepLine),
    ...(result.error ? [style.bad(told(result.error))] : []),
    ...warningLines(result.warnings, style),
    `Run ${result.runId}, ${result.timestamp}.`,
  ].join('\n');
}

/** How a migration went, for people. */
export function formatMigration(result: MigrationResult, style: Style): string {
  const failures = result.failures.map(
    ({ collection, id, reason }) =>
      `  ${printableName(collection)} ${shortened(printableName(id), 60)}: ${printableText(reason)}`,
  );
  const more = result.failed - failures.length;
  return [
    ending(result.outcome, result.finalStatus, style),
    `${counted(result.items, 'item')}: ${count(result.migrated)} copied, ${count(result.failed)} failed.`,
    ...failures,
    ...(failures.length > 0 && more > 0 ? [`  and ${count(more)} more`] : []),
    ...(result.reason ? [`Stopped because of ${result.reason}.`] : []),
    ...(result.error ? [style.bad(told(result.error))] : []),
    ...warningLines(result.warnings, style),
    `Run ${result.runId}, ${result.timestamp}.`,
  ].join('\n');
}

/** How a rehearsal went, for people. */
export function formatDrill(drill: DrillResult, style: Style): string {
  return [
    drill.success
      ? style.good('The rehearsal on copies in memory succeeded. Nothing real was touched.')
      : style.bad('The rehearsal on copies in memory failed. Nothing real was touched.'),
    `${counted(drill.keysRestored, 'key')} restored, ${counted(drill.rowsRemoved, 'row')} removed.`,
    ...drill.result.steps.map(stepLine),
    ...drill.problems.map((problem) => style.bad(printableText(problem))),
  ].join('\n');
}
