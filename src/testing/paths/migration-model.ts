import { migrationMachine } from '../../machines/migration/machine.ts';
import type { MigrationContext, MigrationEvent } from '../../machines/migration/types.ts';
import type { ChartModel, Move } from './chart-path.ts';

const move = (name: string, event: MigrationEvent): Move => ({ name, event });

const ITEMS = 3;

const failed = (persistence: 'transient' | 'permanent', code: string): Move =>
  move(code === 'DATABASE_UNAVAILABLE' ? `FAILED ${persistence}, database lost` : `FAILED ${persistence}`, {
    type: 'FAILED',
    command: 'any',
    code,
    persistence,
  });

const fixed: readonly Move[] = [
  move('SURVEYED', { type: 'SURVEYED', items: ITEMS, keys: 1, bytes: 1 }),
  move('LEASED', { type: 'LEASED', token: 1 }),
  move('BUSY', { type: 'BUSY' }),
  move('OWNERSHIP_LOST', { type: 'OWNERSHIP_LOST' }),
  move('STOPPED', { type: 'STOPPED' }),
  move('BACKED_UP', { type: 'BACKED_UP', backup: 'run', items: ITEMS, keys: 1, bytes: 1 }),
  move('BATCH_COPIED, more to come', { type: 'BATCH_COPIED', next: 1, copied: 1, failed: 0 }),
  move('BATCH_COPIED, the last', { type: 'BATCH_COPIED', next: ITEMS, copied: ITEMS, failed: 0 }),
  move('BATCH_COPIED, too many failed', { type: 'BATCH_COPIED', next: 1, copied: 0, failed: 1 }),
  move('COPY_VERIFIED', { type: 'COPY_VERIFIED' }),
  move('COPY_DIFFERS', { type: 'COPY_DIFFERS' }),
  move('DIGESTED', { type: 'DIGESTED', digest: 'digest' }),
  move('SOURCE_CLEARED', { type: 'SOURCE_CLEARED', removed: 1 }),
  move('CLOSED', { type: 'CLOSED' }),
  move('ROLLBACK_ENDED rolledBack', { type: 'ROLLBACK_ENDED', outcome: 'rolledBack' }),
  move('ROLLBACK_ENDED unchanged', { type: 'ROLLBACK_ENDED', outcome: 'unchanged' }),
  move('ROLLBACK_ENDED safeMode', { type: 'ROLLBACK_ENDED', outcome: 'safeMode' }),
  move('SOURCE_RESTORED', { type: 'SOURCE_RESTORED', marker: 1 }),
  move('DISCARDED', { type: 'DISCARDED', token: 2 }),
  move('RELEASED', { type: 'RELEASED' }),
  move('LOCKED_DOWN', { type: 'LOCKED_DOWN' }),
  move('ANNOUNCED', { type: 'ANNOUNCED' }),
  move('RESUMED', { type: 'RESUMED', token: 1 }),
  move('CANCEL', { type: 'CANCEL' }),
  move('TRIGGERED', { type: 'TRIGGERED', reason: 'MEMORY_THRESHOLD' }),
  move('UNLOCK', { type: 'UNLOCK', reason: 'repaired' }),
  failed('transient', 'INTERNAL'),
  failed('permanent', 'INTERNAL'),
];

/** What matters only while the source is cleared: whether what went wrong is the loss of the database. */
const databaseLost: readonly Move[] = [
  move('TRIGGERED, database lost', { type: 'TRIGGERED', reason: 'DATABASE_CONNECTION_LOST' }),
  failed('permanent', 'DATABASE_UNAVAILABLE'),
];

/** The migration chart with everything that can happen to it. */
export const migrationModel: ChartModel = {
  id: 'migration',
  machine: migrationMachine,
  input: { run: 'run', migration: 'migration', storage: 'storage', source: 'clear', tolerance: 0.1 },
  moves: ({ value }) => (value === 'clearingSource' ? [...fixed, ...databaseLost] : fixed),
  facts: (context) => {
    const { outcome, recoveries } = context as MigrationContext;
    return [outcome, recoveries > 0 ? 'again' : 'first'].join(' ');
  },
  limits: { canRetry: 'attempts' },
};
