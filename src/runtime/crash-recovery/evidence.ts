import type { CrashRecoveryContext, LostRuns } from '../../machines/crash-recovery/types.ts';
import type { DatabaseLedger } from '../../ports/database.ts';
import { listBackups } from '../backup-store.ts';
import { lastOuterRun } from '../follow.ts';
import { type History, wasSettledWithoutJournal } from '../history.ts';
import type { JournalRecord } from '../journal-record.ts';
import type { Marker } from '../marker.ts';
import type { World } from '../world.ts';

/** What is left to tell which runs there were. */
export interface Evidence {
  readonly ledger: DatabaseLedger;
  readonly marker: Marker | null;
  /** The journal; `null` when it cannot be read as a whole. */
  readonly history: History | null;
  /** Records that are whole each by itself, of a journal that is not. */
  readonly salvaged: readonly JournalRecord[];
}

/** The steps that a run has recorded in the database. */
export const stepsOf = ({ steps }: DatabaseLedger, run: string): readonly string[] =>
  steps.filter((step) => step.run === run).map(({ step }) => step);

/** The rollback that has moved a migration's rows out and not put them back: its marker may be what the browser lost. */
const moverOf = ({ steps }: DatabaseLedger, migration: string): string | null =>
  steps.findLast(
    ({ run, step, outcome }) =>
      step === 'clear' && run !== migration && (outcome as { readonly undoes?: string } | null)?.undoes === migration,
  )?.run ?? null;

/** Whether a run brought rows, rather than taking them out. */
function isMigration({ ledger, salvaged }: Evidence, run: string): boolean {
  const record = salvaged.find((known) => known.run === run);
  return record === undefined ? stepsOf(ledger, run).includes('begin') : record.machine.id === 'migration';
}

/** Whether a journal has a run, or an earlier recovery has dealt with it although the journal had lost it. */
export function isKnown({ runs }: History, run: string): boolean {
  return runs.some(({ run: known }) => known === run) || wasSettledWithoutJournal(runs, run);
}

/** What the last recovery found lost and could do nothing about: it failed, or was unlocked before it had got anywhere. */
function leftUndone({ history }: Evidence): LostRuns | null {
  const last = history === null ? null : lastOuterRun(history);
  if (history === null || last?.machine !== 'crashRecovery') return null;
  const { lost, failure } = last.context as CrashRecoveryContext;
  const isUndone = last.end === 'unlocked' || (last.end === 'recovered' && failure !== null);
  return isUndone && !history.runs.some(({ run }) => run === lost?.undoes) ? lost : null;
}

/** The storages that are this one, by its marker and by what can still be read of the journal. */
const ownStorages = ({ marker, salvaged }: Evidence): ReadonlySet<unknown> =>
  new Set([...(marker === null ? [] : [marker.storage]), ...salvaged.map(({ snapshot }) => snapshot.context.storage)]);

/**
 * The latest run of this storage that the database knows of: the one that holds the lease on behalf of it, or whose
 * marker lies in storage, or that the remains of the journal name last. Runs of other devices are none of ours.
 */
function latestRun(evidence: Evidence): string | null {
  const { ledger, marker, salvaged } = evidence;
  const { holder } = ledger;
  if (holder !== null && ownStorages(evidence).has(holder.storage)) return holder.run;
  if (marker !== null && stepsOf(ledger, marker.run).length > 0) return marker.run;
  return salvaged.findLast(({ run }) => stepsOf(ledger, run).length > 0)?.run ?? null;
}

/** The migration whose rows are in question, as far as anything says so. */
async function undoneBy(world: World, evidence: Evidence, rollback: string | null): Promise<string | null> {
  const { ledger, marker, salvaged } = evidence;
  const cleared = ledger.steps.find(({ run, step }) => run === rollback && step === 'clear');
  const recorded = (cleared?.outcome as { readonly undoes?: string } | undefined)?.undoes;
  const told = salvaged.findLast(({ run }) => run === rollback)?.snapshot.context.undoes;
  if (recorded !== undefined) return recorded;
  if (typeof told === 'string') return told;
  if (marker !== null && isMigration(evidence, marker.run)) return marker.run;
  const { generations } = await listBackups(world);
  return generations.find(({ head }) => isMigration(evidence, head.id))?.head.id ?? null;
}

/**
 * What database and storage know that the journal does not (hazards H28c, H10): the journal was evicted, or cannot be
 * read. `null` when they agree that there is nothing.
 */
export async function lostRuns(world: World, evidence: Evidence): Promise<LostRuns | null> {
  const left = leftUndone(evidence);
  if (left !== null) return left;
  const latest = latestRun(evidence);
  const { history } = evidence;
  const isLost = history === null || (latest !== null && !isKnown(history, latest));
  if (!isLost) return null;
  if (latest !== null && isMigration(evidence, latest))
    return { undoes: latest, rollback: moverOf(evidence.ledger, latest) };
  const { ledger } = evidence;
  // A rollback that neither holds the lease nor has moved anything out was over, and had changed nothing.
  const isAtWork = latest !== null && (ledger.holder?.run === latest || stepsOf(ledger, latest).includes('clear'));
  return { undoes: await undoneBy(world, evidence, latest), rollback: isAtWork ? latest : null };
}
