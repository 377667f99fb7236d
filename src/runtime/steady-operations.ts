import type { OperationsPort } from '../ports/operations.ts';

/** The app's writers, and the last word that was said to them here. */
export interface SteadyOperations extends OperationsPort {
  readonly wanted: () => 'working' | 'stopped';
}

/**
 * The app's writers under the last word that was said to them: a stop that takes effect only after it was given up, and
 * after the run has let them work again, does not outlast it, nor the other way round (rule TR5).
 */
export function steadyOperations(operations: OperationsPort): SteadyOperations {
  let wanted: ReturnType<SteadyOperations['wanted']> = 'working';
  return {
    wanted: () => wanted,
    stop: async () => {
      wanted = 'stopped';
      await operations.stop();
      if (wanted !== 'stopped') await operations.resume();
    },
    resume: async () => {
      wanted = 'working';
      await operations.resume();
      if (wanted !== 'working') await operations.stop();
    },
  };
}
