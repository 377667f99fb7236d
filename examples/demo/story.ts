/** What the demo tells while it goes on. */
import type { MigrationResult, RollbackPlan } from '../../src/index.ts';
import type { Crash } from './crash.ts';
import type { DemoApp, Edit } from './demo-app.ts';
import type { FirstRun, FirstRunListener } from './first-run.ts';
import type { FoundAfterCrash, SecondRun, SecondRunListener } from './second-run.ts';
import { aligned, counted, firstOf, heading, shortenedMarkdown, shown } from './text-output.ts';

/** Told of everything, in the order in which it happens. */
export interface Story {
  begins(app: DemoApp, source: string | null, folder: string): void;
  readonly first: FirstRunListener;
  firstEnds(run: FirstRun): void;
  readonly second: SecondRunListener;
  secondEnds(run: SecondRun): void;
}

const MOST_LINES = 8;
const MOST_NAMES = 3;

const say = (...lines: readonly string[]): void => console.log(lines.join('\n'));

function begins({ migration }: DemoApp, source: string | null, folder: string): void {
  const places = migration.collections.map(({ name, storageKey, path }) => [
    `collection ${name}`,
    `key ${shown(storageKey)}`,
    path.length === 0 ? '' : `at ${shown(path.join('.'))}`,
  ]);
  say(
    heading('The app'),
    aligned([
      ['storage', source === null ? 'the sample app: two zustand stores, drafts, settings, keys of others' : source],
      ['working in', folder],
      ['form data', `${counted(migration.formData.length, 'pattern')} of keys that belong to no table`],
    ]),
    '',
    places.length === 0
      ? '  No collection was found: all of it is form data.'
      : firstOf(places, MOST_LINES, (place) => place),
  );
}

function migrated({ finalStatus, items, migrated: rows, failed, error }: MigrationResult): void {
  say(
    heading('First run: migrate, work on, roll back with merge'),
    `  migration ${finalStatus}: ${rows.toLocaleString('en')} of ${counted(items, 'item')} in the database, ${failed} failed`,
    ...(error === undefined ? [] : [`  ${error.message} (${error.code})`]),
  );
}

function edited(edits: readonly Edit[]): void {
  const [added, changed, deleted] = (['added', 'changed', 'deleted'] as const).map(
    (kind) => edits.filter((edit) => edit.kind === kind).length,
  );
  say(
    edits.length === 0
      ? '  There are no rows to edit, so that part is skipped.'
      : `  edited in the database: ${counted(added ?? 0, 'row')} added, ${changed} changed, ${deleted} deleted`,
  );
}

function planned(plan: RollbackPlan): void {
  say(
    '',
    '  The plan of the rollback, before anything is done:',
    '',
    aligned([
      ['rows to move to the archive', plan.rowsToRemove],
      ['keys to restore', plan.keysToRestore],
      ['keys that stay as they are', plan.keys.length - plan.keysToRestore],
      ['estimated seconds', Math.max(1, Math.round(plan.estimatedTime))],
    ]),
    '',
    firstOf(plan.collections, MOST_LINES, ({ collection, rows, added, changed, deleted }) => [
      collection,
      counted(rows, 'row'),
      `${added} added`,
      `${changed} changed`,
      `${deleted} deleted`,
    ]),
    '',
    firstOf(plan.driftEntries, MOST_LINES, ({ collection, key, kind }) => [kind, collection, key]),
    ...[...plan.obstacles, ...plan.warnings].map((text) => `  note: ${text}`),
    '',
  );
}

function firstEnds({ rollback, report, proof, rowsLeft, held }: FirstRun): void {
  const receipt = shortenedMarkdown(report.markdown).replaceAll(/^(?=.)/gm, '  ');
  say(
    `  rollback ${rollback.finalStatus}, ${rollback.outcome}; the receipt:`,
    '',
    receipt,
    '',
    '  Compared with the storage from before the migration:',
    '',
    aligned([
      ['added rows that are in the restored text', proof.added],
      ['changed rows that are in the restored text', proof.changed],
      ['deleted rows that are gone from it', proof.deleted],
      ['other items, the same byte for byte', proof.sameItems],
      ['other keys, the same byte for byte', proof.sameKeys],
      ['rows left in the tables', rowsLeft],
    ]),
    ...proof.faults.slice(0, MOST_LINES).map((fault) => `  WRONG: ${fault}`),
    held ? '  It held.' : '  It did NOT hold.',
  );
}

function migratedAgain(rows: number): void {
  say(
    heading('Second run: from the start, no edits, killed in mid-rollback'),
    `  ${counted(rows, 'row')} migrated; a second process rolls back and is killed before it writes to storage`,
  );
}

function crashed({ signal, state, complaint }: Crash, { journal, refusal, keysMissing, rows }: FoundAfterCrash): void {
  const missing = keysMissing.length === 0 ? '' : `: ${keysMissing.slice(0, MOST_NAMES).map(shown).join(', ')}`;
  say(
    aligned([
      ['the process', `ended by ${signal ?? 'itself'} in ${state ?? 'a state that is not known'}`],
      ['the journal', `${journal.migrationState}, ${journal.state ?? 'no run'}`],
      ['a new rollback', refusal ?? 'would be allowed'],
      ['the tables', `${counted(rows, 'row')} left`],
      ['the storage', `${counted(keysMissing.length, 'key')} not restored${missing}`],
    ]),
    ...(signal === 'SIGKILL' ? [] : [complaint.trim()]),
  );
}

function secondEnds({ recovery, rowsArchived, keysThatDiffer, held }: SecondRun): void {
  const outcome = recovery.rollback?.outcome ?? 'no rollback';
  say(
    '',
    `  recover(): ${recovery.action}, ${outcome}, ${recovery.migrationState}; ${counted(rowsArchived, 'row')} in the archive`,
    ...keysThatDiffer.slice(0, MOST_LINES).map((key) => `  WRONG: ${shown(key)} is not as it was`),
    held ? '  It held.' : '  It did NOT hold.',
  );
}

/** For people. */
export const textStory: Story = {
  begins,
  first: { migrated, edited, planned },
  firstEnds,
  second: { migrated: migratedAgain, crashed },
  secondEnds,
};

const nothing = (): void => {};

/** For programs, which read the result. */
export const silentStory: Story = {
  begins: nothing,
  first: { migrated: nothing, edited: nothing, planned: nothing },
  firstEnds: nothing,
  second: { migrated: nothing, crashed: nothing },
  secondEnds: nothing,
};
