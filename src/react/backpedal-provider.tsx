import { type ReactElement, type ReactNode, useEffect } from 'react';
import type { Backpedal, RecoveryResult } from '../index.ts';
import { BackpedalContext } from './backpedal-context.ts';
import { storeOf } from './client-store.ts';
import type { PacingClock } from './paced-status.ts';
import type { Fault } from './types.ts';
import { useSelected } from './use-selected.ts';

/** What a `fallback` that is a function is given. */
export interface RecoveryFallback {
  /** Why the recovery failed; `undefined` while it is under way. */
  readonly error: Fault | undefined;
  readonly retry: () => void;
}

/** What `BackpedalProvider` is given. */
export interface BackpedalProviderProps {
  /** Made once, outside of React. Several providers, with clients of their own or the same one, keep apart. */
  readonly client: Backpedal;
  /**
   * The recovery that the children wait for: the promise that `client.recover()` gave, or `start` to have the provider
   * call it, once per client, after it is mounted. Left out, the children wait for nothing.
   */
  readonly recovery?: Promise<RecoveryResult> | 'start';
  /**
   * Shown instead of the children until the recovery is done; it may use the hooks. A function is also called when the
   * recovery has failed; anything else gives way to the nearest error boundary then. Default: nothing.
   */
  readonly fallback?: ReactNode | ((recovery: RecoveryFallback) => ReactNode);
  /** The time by which progress is paced. Default: the browser's. The first provider of a client decides. */
  readonly clock?: PacingClock;
  readonly children?: ReactNode;
}

/**
 * Gives a client to the hooks below.
 *
 * Mounting starts nothing that `recovery="start"` does not ask for, and unmounting stops nothing: runs belong to the
 * client. Stores that read the app's data when they are mounted belong among the children of a provider with a
 * `recovery`: until that is done the data may be in two places at once. The wait is over as soon as `recover()` has
 * answered, also with `waiting` and `safeMode`: `question` and `migrationState` of `useRollback` say so, and the
 * children show it. A recovery that is done stays done: no later one takes the children away.
 * @throws what the recovery was rejected with, unless `fallback` is a function
 */
export function BackpedalProvider(props: BackpedalProviderProps): ReactElement {
  const { client, recovery, fallback, clock, children } = props;
  const store = storeOf(client, clock);
  const state = useSelected(store, (snapshot) => snapshot.recovery);
  const error = useSelected(store, (snapshot) => snapshot.recoveryError);
  useEffect(() => {
    if (recovery === undefined) return;
    if (recovery !== 'start') store.followRecovery(recovery);
    else if (store.getSnapshot().recovery === 'unknown') void store.actions.recover();
  }, [store, recovery]);

  const isReady = recovery === undefined || state === 'done';
  if (!isReady && typeof fallback !== 'function' && error !== undefined) throw error;
  const instead =
    typeof fallback === 'function' ? fallback({ error, retry: () => void store.actions.recover() }) : fallback;
  return <BackpedalContext.Provider value={store}>{isReady ? children : instead}</BackpedalContext.Provider>;
}
