import type { IndexedDbConnection } from './indexed-db-connection.ts';

/**
 * How old the answer to a question may be, in milliseconds. A page that is frozen between question and answer finds the
 * answer waiting when it thaws, while the browser has long given its transaction up (Chromium: after a minute).
 */
const STALE_AFTER = 5000;

/** What an action has come to. */
export type Performed<Result> = { readonly result: Result } | { readonly thrown: unknown };

function perform<Result>(action: () => Result): Performed<Result> {
  try {
    return { result: action() };
  } catch (thrown) {
    return { thrown };
  }
}

/**
 * Runs an action inside a read-write transaction that has just seen that the name is absent: until it ends, the browser
 * lets no other tab or process write there (hazard H28a).
 * @returns what it has come to, or `null` when the name exists
 */
export async function whileAbsent<Result>(
  connection: IndexedDbConnection,
  name: string,
  action: () => Result,
): Promise<Performed<Result> | null> {
  let performed: Performed<Result> | null = null;
  const performOnce = connection.write(async (entries) => {
    // A connection that was dropped right after it is no reason to do it again.
    while (performed === null) {
      const asked = performance.now();
      if ((await entries.getKey(name)) !== undefined) return;
      if (performance.now() - asked <= STALE_AFTER) performed = perform(action);
    }
  });
  const failure = await performOnce.then(
    () => null,
    (thrown: unknown) => ({ thrown }),
  );
  // What has been done has been done, whatever became of a transaction that held nothing to be stored.
  const outcome = performed as Performed<Result> | null;
  if (outcome === null && failure !== null) throw failure.thrown;
  return outcome;
}
