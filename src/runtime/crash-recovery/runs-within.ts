import { BackpedalError } from '../../errors.ts';
import type { CrashRecoveryContext, CrashRecoveryEvent } from '../../machines/crash-recovery/types.ts';
import type { RollbackInput } from '../../machines/rollback/types.ts';
import { within } from '../execution/deadline.ts';
import { InnerRunLeft } from '../execution/inner-run-left.ts';
import type { Ledger } from '../execution/ledger.ts';
import type { Start } from '../execution/start.ts';
import type { ExecutionEnd, Work } from '../execution/types.ts';
import { resumeStart, runRollback } from '../runs.ts';
import { readHistory } from '../session.ts';
import { adopt } from './adopt-migration.ts';
import type { CrashMemory } from './memory.ts';

function ended(end: ExecutionEnd): CrashRecoveryEvent {
  if (end.status === 'ended') return { type: 'RUN_ENDED', outcome: end.view.context.outcome ?? 'safeMode' };
  throw new InnerRunLeft(end);
}

const ledgerOf = ({ ledger }: CrashMemory): Ledger => {
  if (ledger === null) throw new BackpedalError('INTERNAL', 'A recovery acts that has no journal.');
  return ledger;
};

/** Goes on with the open run as a person has decided. */
export async function resumeAsDecided(
  context: CrashRecoveryContext,
  _work: Work,
  memory: CrashMemory,
): Promise<CrashRecoveryEvent> {
  const history = await readHistory(memory.session);
  const run = history.runs.find((known) => known.run === context.concerns);
  if (run === undefined)
    throw new BackpedalError('RUN_NOT_FOUND', 'The run that was interrupted is not in the journal.');
  // It had ended when this recovery was interrupted itself.
  if (run.end !== null) return { type: 'RUN_ENDED', outcome: run.end };
  return ended(await memory.goOnWith(run, context.intent, ledgerOf(memory)));
}

/** Begins the rollback anew that was under way when its journal was lost, or goes on with that. */
export async function retryRollback(
  context: CrashRecoveryContext,
  work: Work,
  memory: CrashMemory,
): Promise<CrashRecoveryEvent> {
  const { session } = memory;
  const { world } = work;
  const undoes = await within(world.clock, 'The journal', adopt(work, context, memory));
  const history = await readHistory(session);
  const before = history.runs.filter(({ parent }) => parent === context.run).at(-1);
  if (before !== undefined && before.end !== null) return { type: 'RUN_ENDED', outcome: before.end };
  const migration = history.runs.find(({ run }) => run === undoes);
  const begin: Start<RollbackInput> = {
    kind: 'begin',
    input: {
      run: world.identity.createId(),
      migration: world.migration.id,
      storage: migration?.context.storage ?? context.storage,
      undoes,
      reason: 'USER_REQUEST',
      detail: 'The journal was lost in the middle of a rollback, which was begun anew.',
      backup: undoes,
      // What a person had asked for is not known any more; nothing is discarded unasked.
      onDrift: world.migration.onDrift === 'merge' ? 'merge' : 'ask',
    },
  };
  const start = before === undefined ? begin : ((await resumeStart(session, before)) as Start<RollbackInput>);
  const abandoned = context.lost?.rollback ?? null;
  const place = {
    history,
    ledger: ledgerOf(memory),
    parent: context.run,
    abandoned: abandoned === null ? [] : [abandoned],
  };
  return ended(await runRollback(session, start, place));
}
