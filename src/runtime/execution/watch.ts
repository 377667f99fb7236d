import type { World } from '../world.ts';

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
  const report = (reason: TriggerReason): void => {
    if (reported.has(reason)) return;
    reported.add(reason);
    trigger(reason);
  };
  return {
    async look(activeMs, items) {
      const usage = await world.memory.usage().catch((error: unknown) => {
        world.logger.warn('The use of memory is unknown.', { error });
        return null;
      });
      if (usage !== null && usage > world.migration.triggers.memory) report('MEMORY_THRESHOLD');
      if (activeMs > timeLimit(world, items)) report('TIMEOUT');
    },
    async ping() {
      try {
        await world.database.ping();
        unanswered = 0;
      } catch (error) {
        unanswered += 1;
        world.logger.warn('The database does not answer.', { error });
        if (unanswered >= 2) report('DATABASE_CONNECTION_LOST');
      }
    },
  };
}
