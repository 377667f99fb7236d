import type { EmergencyRecoveryEvent } from '../../src/machines/emergency-recovery/types.ts';
import type { Move } from '../../src/testing/paths/chart-path.ts';

const move = (name: string, event: EmergencyRecoveryEvent): Move => ({ name, event });

const found = (age: 'same' | 'older'): EmergencyRecoveryEvent => ({
  type: 'BACKUP_FOUND',
  tried: 2,
  found: { backup: 'migration-0', age, createdAt: '2026-05-11T08:30:00.000Z', keys: 6 },
});

const reconstructed = (lossy: number, missing: number): EmergencyRecoveryEvent => ({
  type: 'RECONSTRUCTED',
  reconstruction: { backup: 'reconstructed-1', exact: 112, lossy, missing },
});

/** Everything that can happen to an emergency recovery, in the forms that its guards tell apart. */
export const emergencyRecoveryMoves: readonly Move[] = [
  move('BACKUP_FOUND of this migration', found('same')),
  move('BACKUP_FOUND, an older one', found('older')),
  move('NO_BACKUP', { type: 'NO_BACKUP', tried: 3 }),
  move('RECONSTRUCTED exactly', reconstructed(0, 0)),
  move('RECONSTRUCTED in part', reconstructed(9, 2)),
  move('NOT_RECONSTRUCTED', { type: 'NOT_RECONSTRUCTED' }),
  move('DECIDE useOlderBackup', { type: 'DECIDE', choice: 'useOlderBackup' }),
  move('DECIDE reconstruct', { type: 'DECIDE', choice: 'reconstruct' }),
  move('DECIDE useReconstruction', { type: 'DECIDE', choice: 'useReconstruction' }),
  move('DECIDE stop', { type: 'DECIDE', choice: 'stop' }),
  move('REQUESTED', { type: 'REQUESTED' }),
  move('CANCEL', { type: 'CANCEL' }),
  move('FAILED transient', { type: 'FAILED', command: 'any', code: 'VAULT_UNAVAILABLE', persistence: 'transient' }),
  move('FAILED permanent', { type: 'FAILED', command: 'any', code: 'INTERNAL', persistence: 'permanent' }),
];
