import { BackpedalError } from '../../errors.ts';
import type { ClockPort } from '../../ports/clock.ts';

/** How long one small operation outside of commands, which have budgets of their own, may take, in milliseconds. */
export const PATIENCE = 30_000;

/**
 * The result of work that may never answer (rule TR5).
 * @throws BackpedalError `OPERATION_TIMED_OUT` (transient) when it has not answered in time; it may still do so later
 */
export async function within<T>(
  clock: ClockPort,
  what: string,
  work: Promise<T>,
  milliseconds: number = PATIENCE,
): Promise<T> {
  const answered = new AbortController();
  const late = new Promise<never>((_, reject) => {
    clock.sleep(milliseconds, answered.signal).then(() => {
      // The usual case, in which nobody wants an error with all its stack.
      if (answered.signal.aborted) return;
      reject(
        new BackpedalError('OPERATION_TIMED_OUT', `${what} did not answer in time.`, { persistence: 'transient' }),
      );
    }, reject);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    // Without a reason of its own every abort makes an exception, stack and all.
    answered.abort('answered');
  }
}
