import type { Backpedal } from '../index.ts';
import { asFault } from './as-fault.ts';
import type { Cell } from './cell.ts';
import { type Findings, type Look, momentOf } from './findings.ts';
import type { BackpedalActions } from './types.ts';

/** Looks whether a rollback can begin, and what it would do; of two looks the newer one counts. */
export function createCheck(client: Backpedal, { get, change }: Cell<Findings>): BackpedalActions['check'] {
  return async (options) => {
    const begun: Look = { moment: momentOf(client.getSnapshot()), isChecking: true };
    change({ look: begun, refusal: undefined });
    // A newer look makes this one void.
    const finish = (part: Partial<Findings>): void => {
      if (get().look === begun) change(part);
    };
    try {
      const readiness = await client.canRollback();
      const plan = readiness.canRollback ? await client.plan(options) : undefined;
      finish({ look: { ...begun, isChecking: false, readiness, plan } });
      return plan;
    } catch (error) {
      finish({ look: undefined, refusal: asFault(error) });
      return undefined;
    }
  };
}
