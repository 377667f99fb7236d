import { asBackpedalError, BackpedalError } from '../../errors.ts';
import type { LoggerPort } from '../../ports/logger.ts';
import { causeOf } from '../cause.ts';

/** How a command that failed is told to the chart; the first event that the present state can take is sent. */
export type FaultEvent =
  | { readonly type: 'OWNERSHIP_LOST' }
  | { readonly type: 'OUTCOME_UNKNOWN' }
  | { readonly type: 'BACKUP_UNUSABLE'; readonly code: string }
  | {
      readonly type: 'FAILED';
      readonly command: string;
      readonly code: string;
      readonly persistence: 'transient' | 'permanent';
    };

/** Faults of which we know too little to give up at once; every command may be repeated without harm. */
const WORTH_ANOTHER_TRY: ReadonlySet<string> = new Set(['INTERNAL', 'DATABASE_FENCED', 'DATABASE_OUTCOME_UNKNOWN']);

/** Whether another attempt is worth it. */
export const persistenceOf = ({ code, persistence }: BackpedalError): 'transient' | 'permanent' =>
  WORTH_ANOTHER_TRY.has(code) ? 'transient' : persistence;

/** The events that may tell a chart of a fault, the most telling one first. */
export function faultEvents(thrown: unknown, command: string, logger: LoggerPort): readonly FaultEvent[] {
  const error = asBackpedalError(thrown);
  logger.warn(`${command} failed: ${error.message}`, { code: error.code, cause: causeOf(error.cause ?? thrown) });
  const failed: FaultEvent = {
    type: 'FAILED',
    command,
    code: error.code,
    persistence: persistenceOf(error),
  };
  if (error.code === 'DATABASE_FENCED') return [{ type: 'OWNERSHIP_LOST' }, failed];
  // What the port does not know by its name says nothing about whether the effect took place.
  if (error.code === 'DATABASE_OUTCOME_UNKNOWN' || error.code === 'INTERNAL') {
    return [{ type: 'OUTCOME_UNKNOWN' }, failed];
  }
  if (error.code.startsWith('BACKUP_')) return [{ type: 'BACKUP_UNUSABLE', code: error.code }, failed];
  return [failed];
}

/** A command that did not come back within its budget of active time. */
export const overdue = (command: string): BackpedalError =>
  command === 'clearDatabase'
    ? new BackpedalError(
        'DATABASE_OUTCOME_UNKNOWN',
        'Clear Database did not answer in time; what became of it is looked up.',
      )
    : new BackpedalError('OPERATION_TIMED_OUT', `${command} did not answer in time.`, { persistence: 'transient' });
