import type { LoggerPort } from '../ports/logger.ts';
import { causeOf } from './cause.ts';
import { IDLE } from './status.ts';
import type { RollbackStatus } from './status-types.ts';

/** The latest status, in the shape that external stores of UI libraries want. */
export interface StatusBoard {
  readonly getSnapshot: () => RollbackStatus;
  readonly subscribe: (listener: () => void) => () => void;
  /** Shows a status; listeners are called only if something in it is different. */
  readonly show: (status: RollbackStatus) => void;
}

/** A board that shows "nothing is being done". */
export function createStatusBoard(logger: LoggerPort): StatusBoard {
  const listeners = new Set<() => void>();
  let current: RollbackStatus = IDLE;
  let text = JSON.stringify(current);
  return {
    getSnapshot: () => current,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    show: (status) => {
      // Progress never goes backwards within a run (rule CL4).
      const sameRun = status.runId === current.runId && status.activity === current.activity;
      const next = sameRun ? { ...status, progress: Math.max(status.progress, current.progress) } : status;
      const nextText = JSON.stringify(next);
      if (nextText === text) return;
      current = Object.freeze(next);
      text = nextText;
      for (const listener of [...listeners]) {
        try {
          listener();
        } catch (error) {
          logger.error('A listener of the status threw.', { cause: causeOf(error) });
        }
      }
    },
  };
}
