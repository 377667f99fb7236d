/**
 * Called before and after every operation of a memory adapter, with its name and what it is about (a key, a name, or
 * a count). What `before` throws is what the operation throws, without effect; what `after` throws hides an effect
 * that has taken place, as a lost connection does. Either may return a promise that never settles.
 */
export interface FaultHooks<Operation extends string> {
  readonly before?: (operation: Operation, subject: string) => void | Promise<void>;
  readonly after?: (operation: Operation, subject: string) => void | Promise<void>;
}

/** Whether the process behind a handle still runs. */
export type Life = () => boolean;

/** One operation of a memory adapter. */
export interface SimulatedOperation<Operation extends string, Result> {
  readonly operation: Operation;
  readonly subject: string;
  /** Runs synchronously, so that nothing comes between; or says itself when it does. */
  readonly effect: () => Result | Promise<Result>;
  readonly life: Life;
  readonly hooks: FaultHooks<Operation> | undefined;
  /** Effects that have been asked for and have not taken place. */
  readonly inFlight?: Set<() => void>;
}

/**
 * Carries out an operation as a process would see it: once the process is dead, nothing takes effect and the promise
 * never settles, since nobody is left to see it.
 */
export function simulate<Operation extends string, Result>(
  request: SimulatedOperation<Operation, Result>,
): Promise<Result> {
  const { operation, subject, effect, life, hooks, inFlight } = request;
  return new Promise((resolve, reject) => {
    if (!life()) return;
    const pending = (): void => {
      void effect();
    };
    const run = async (): Promise<void> => {
      inFlight?.add(pending);
      try {
        await hooks?.before?.(operation, subject);
      } finally {
        inFlight?.delete(pending);
      }
      if (!life()) return;
      const effected = effect();
      // No turn is taken where there is nothing to wait for.
      const result = effected instanceof Promise ? await effected : effected;
      await hooks?.after?.(operation, subject);
      if (life()) resolve(result);
    };
    run().catch((thrown: unknown) => {
      if (life()) reject(thrown);
    });
  });
}
