import { causeOf } from '../cause.ts';
import type { World } from '../world.ts';
import { within } from './deadline.ts';

/** What stops a run by itself. */
export type TriggerReason = 'MEMORY_THRESHOLD' | 'TIMEOUT' | 'DATABASE_CONNECTION_LOST';

/** Looks at memory, time and database; each reason is reported once. */
export interface Watch {
  /** Looks now; used before every command. */
  look(activeMs: number, items: number): Promise<void>;
  /** Asks the database whether it is there; reported when two questions in a row went unanswered. */
  ping(): Promise<void>;
}

/** The active time that a run over so many items may take, in milliseconds (rule TR2). */
export function timeLimit(world: World, items: number): number {
  const { timeout, timeoutItems } = world.migration.triggers;
  return timeout * Math.max(1, items / timeoutItems);
}

/** Watches for the automatic triggers on behalf of one run. */
export function createWatch(world: World, trigger: (reason: TriggerReason) => void): Watch {
  const reported = new Set<TriggerReason>();
  let unanswered = 0;
  let asking: Promise<number | null> | null = null;
  let pinging: Promise<void> | null = null;
  const report = (reason: TriggerReason): void => {
    if (reported.has(reason)) return;
    reported.add(reason);
    trigger(reason);
  };
  const ask = async (): Promise<number | null> => {
    try {
      return await world.memory.usage();
    } catch (error) {
      world.logger.warn('The use of memory is unknown.', { cause: causeOf(error) });
      return null;
    } finally {
      asking = null;
    }
  };
  const count = (cause: unknown): void => {
    unanswered += 1;
    world.logger.warn('The database does not answer.', { cause: causeOf(cause) });
    if (unanswered >= 2) report('DATABASE_CONNECTION_LOST');
  };
  return {
    async look(activeMs, items) {
      if (activeMs > timeLimit(world, items)) report('TIMEOUT');
      // A question that is still open is not put again, and no command waits for its answer.
      if (asking !== null) return;
      asking = ask();
      const usage = await within(world.clock, 'The use of memory', asking).catch(() => null);
      if (usage !== null && usage > world.migration.triggers.memory) report('MEMORY_THRESHOLD');
    },
    async ping() {
      if (pinging !== null) return count(new Error('The last question is still open.'));
      try {
        pinging = world.database.ping();
        await pinging;
        unanswered = 0;
      } catch (error) {
        count(error);
      } finally {
        pinging = null;
      }
    },
  };
}
