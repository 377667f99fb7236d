import type { LostRuns } from '../../machines/crash-recovery/types.ts';
import type { DatabaseLedger } from '../../ports/database.ts';
import { listBackups } from '../backup-store.ts';
import type { History } from '../history.ts';
import type { Marker } from '../marker.ts';
import type { World } from '../world.ts';

/** The steps that a run has recorded in the database. */
export const stepsOf = ({ steps }: DatabaseLedger, run: string): readonly string[] =>
  steps.filter((step) => step.run === run).map(({ step }) => step);

/** Whether a run brought rows, rather than taking them out. */
const isMigration = (ledger: DatabaseLedger, run: string): boolean => stepsOf(ledger, run).includes('begin');

/** Runs that the journal has, or that an earlier recovery has dealt with although the journal had lost them. */
function isKnown({ runs }: History, run: string): boolean {
  return runs.some(({ run: known, machine, end, context }) => {
    if (known === run) return true;
    if (machine !== 'crashRecovery' || end === null || end === 'recovered') return false;
    const lost = 'lost' in context ? context.lost : null;
    return lost !== null && (lost.undoes === run || lost.rollback === run);
  });
}

/**
 * The runs of this storage that the database knows of: the one whose marker lies in storage, and the one that holds
 * the lease on behalf of it. Runs of other devices are none of ours.
 */
function ownRuns(ledger: DatabaseLedger, marker: Marker | null): readonly string[] {
  const { holder } = ledger;
  const held = holder !== null && marker !== null && holder.storage === marker.storage ? [holder.run] : [];
  const marked = marker !== null && stepsOf(ledger, marker.run).length > 0 ? [marker.run] : [];
  return [...held, ...marked];
}

/** The migration whose rows are in question, as far as anything says so. */
async function undoneBy(
  world: World,
  ledger: DatabaseLedger,
  marker: Marker | null,
  rollback: string | null,
): Promise<string | null> {
  const cleared = ledger.steps.find(({ run, step }) => run === rollback && step === 'clear');
  const undoes = (cleared?.outcome as { readonly undoes?: string } | undefined)?.undoes;
  if (undoes !== undefined) return undoes;
  if (marker !== null && isMigration(ledger, marker.run)) return marker.run;
  const { generations } = await listBackups(world);
  return generations.find(({ head }) => isMigration(ledger, head.id))?.head.id ?? null;
}

/**
 * What database and storage know that the journal does not (hazards H28c, H10): the journal was evicted, or cannot be
 * read. `null` when they agree that there is nothing.
 */
export async function lostRuns(
  world: World,
  history: History | null,
  ledger: DatabaseLedger,
  marker: Marker | null,
): Promise<LostRuns | null> {
  const own = ownRuns(ledger, marker);
  const unknown = own.filter((run) => history === null || !isKnown(history, run));
  if (history !== null && unknown.length === 0) return null;
  const rollback = unknown.find((run) => !isMigration(ledger, run)) ?? null;
  const brought = unknown.find((run) => isMigration(ledger, run)) ?? null;
  const undoes = rollback === null && brought !== null ? brought : await undoneBy(world, ledger, marker, rollback);
  return { undoes, rollback };
}
