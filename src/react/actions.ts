import type { Backpedal, RecoveryResult } from '../index.ts';
import { asFault } from './as-fault.ts';
import type { Cell } from './cell.ts';
import { createCheck } from './check.ts';
import type { End, Findings } from './findings.ts';
import type { BackpedalActions } from './types.ts';

/** What components can ask of a client, and what only the provider does. */
export interface ActionsOfClient {
  readonly actions: BackpedalActions;
  /** Waits for a recovery that somebody has started. */
  readonly followRecovery: (recovery: Promise<RecoveryResult>) => void;
}

/** Actions on a client; what comes of them is written into the cell. */
export function createActions(client: Backpedal, findings: Cell<Findings>): ActionsOfClient {
  const { get, change } = findings;

  /** Does something that may be refused, and tells what came of it. */
  const perform = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    change({ pending: get().pending + 1, refusal: undefined });
    try {
      return await work();
    } catch (error) {
      change({ refusal: asFault(error) });
      return undefined;
    } finally {
      change({ pending: get().pending - 1 });
    }
  };
  const isDone = async (work: () => Promise<void>): Promise<boolean> =>
    (await perform(async () => {
      await work();
      return true;
    })) ?? false;

  const noteEnd = (end: Omit<End, 'runId'>): void => change({ end: { ...end, runId: client.getSnapshot().runId } });

  const followRecovery = async (recovery: Promise<RecoveryResult>): Promise<RecoveryResult> => {
    // An app that works already goes on working while one more is made.
    const { recovery: before } = get();
    if (before !== 'done') change({ recovery: 'running', recoveryError: undefined });
    try {
      const found = await recovery;
      change({ recovery: 'done', recoveryResult: found });
      const { rollback: result, migration: migrationResult } = found;
      if (result !== undefined || migrationResult !== undefined) noteEnd({ result, migrationResult });
      return found;
    } catch (error) {
      if (before !== 'done') change({ recovery: 'failed', recoveryError: asFault(error) });
      throw error;
    }
  };

  const actions: BackpedalActions = Object.freeze({
    check: createCheck(client, findings),
    rollback: (request = { reason: 'USER_REQUEST' }) =>
      perform(async () => {
        const result = await client.rollback(request);
        noteEnd({ result });
        return result;
      }),
    migrate: (options) =>
      perform(async () => {
        const migrationResult = await client.migrate(options);
        noteEnd({ migrationResult });
        return migrationResult;
      }),
    recover: () => perform(() => followRecovery(client.recover())),
    decide: (decision) => isDone(() => client.decide(decision)),
    cancel: () => isDone(() => client.cancel()),
    unlock: (options) => isDone(() => client.unlock(options)),
    dismiss: () => change({ look: undefined, end: undefined, refusal: undefined, recoveryResult: undefined }),
  } satisfies BackpedalActions);

  const followed = new WeakSet<Promise<RecoveryResult>>();
  return {
    actions,
    followRecovery: (recovery) => {
      if (followed.has(recovery)) return;
      followed.add(recovery);
      void perform(() => followRecovery(recovery));
    },
  };
}
