import { emergencyRecoveryMachine } from '../../machines/emergency-recovery/machine.ts';
import type {
  EmergencyChoice,
  EmergencyRecoveryContext,
  EmergencyRecoveryEvent,
  FoundBackup,
} from '../../machines/emergency-recovery/types.ts';
import type { ChartModel, Move } from './chart-path.ts';

const move = (name: string, event: EmergencyRecoveryEvent): Move => ({ name, event });

const failed = (persistence: 'transient' | 'permanent'): Move =>
  move(`FAILED ${persistence}`, { type: 'FAILED', command: 'any', code: 'INTERNAL', persistence });

const found = (age: FoundBackup['age']): Move =>
  move(`BACKUP_FOUND ${age}`, {
    type: 'BACKUP_FOUND',
    found: { backup: age, age, createdAt: '2026-01-01T00:00:00.000Z', keys: 1 },
    tried: 1,
  });

const reconstructed = (how: 'exact' | 'lossy'): Move =>
  move(`RECONSTRUCTED ${how}`, {
    type: 'RECONSTRUCTED',
    reconstruction: { backup: 'run', exact: 1, lossy: how === 'lossy' ? 1 : 0, missing: 0 },
  });

const CHOICES: readonly EmergencyChoice[] = ['useOlderBackup', 'reconstruct', 'useReconstruction', 'stop'];

const moves: readonly Move[] = [
  found('same'),
  found('older'),
  move('NO_BACKUP', { type: 'NO_BACKUP', tried: 1 }),
  reconstructed('exact'),
  reconstructed('lossy'),
  move('NOT_RECONSTRUCTED', { type: 'NOT_RECONSTRUCTED' }),
  ...CHOICES.map((choice) => move(`DECIDE ${choice}`, { type: 'DECIDE', choice })),
  move('REQUESTED', { type: 'REQUESTED' }),
  move('RESUMED', { type: 'RESUMED', token: 1 }),
  move('CANCEL', { type: 'CANCEL' }),
  failed('transient'),
  failed('permanent'),
];

/** The emergency recovery chart with everything that can happen to it. */
export const emergencyRecoveryModel: ChartModel = {
  id: 'emergencyRecovery',
  machine: emergencyRecoveryMachine,
  input: {
    run: 'run',
    migration: 'migration',
    storage: 'storage',
    undoes: 'migration-run',
    backup: 'migration-run',
    reason: 'BACKUP_DAMAGED',
  },
  moves: () => moves,
  facts: (context) => {
    const { older, reconstruction, recovered, outcome } = context as EmergencyRecoveryContext;
    return [older === null, reconstruction === null, recovered, outcome].join(' ');
  },
  limits: { canRetry: 'attempts' },
};
