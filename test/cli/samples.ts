import type { MigrationResult, Question, RollbackPlan, RollbackResult, RollbackStatus } from '../../src/index.ts';

/** A plan with a little of everything. */
export function planOf(parts: Partial<RollbackPlan>): RollbackPlan {
  return {
    migrationId: 'tasks-to-database',
    backupId: 'b1',
    backupCreatedAt: '2026-01-02T03:04:05.000Z',
    onDrift: 'ask',
    collections: [
      { collection: 'tasks', rows: 250, added: 1, changed: 2, deleted: 1, kept: 3 },
      { collection: 'environments', rows: 12, added: 0, changed: 0, deleted: 0, kept: 0 },
    ],
    dependents: [],
    keys: [
      { key: 'task-store', kind: 'collection', action: 'restore', size: 1_234_567 },
      { key: 'draft:\n1', kind: 'formData', action: 'keep', size: 7 },
      { key: 'environments', kind: 'collection', action: 'displace', size: 99 },
    ],
    rowsToRemove: 262,
    keysToRestore: 2,
    drift: { digest: 'd1', added: 1, changed: 2, deleted: 1, dependents: 0, storageKeys: 0 },
    driftEntries: [{ collection: 'tasks', table: 'tasks', key: '["t-1"]', kind: 'changed' }],
    room: { needed: 1_234_666, available: null },
    estimatedTime: 2,
    possible: true,
    obstacles: [],
    warnings: [],
    ...parts,
  };
}

/** A rollback that succeeded. */
export function rollbackOf(parts: Partial<RollbackResult>): RollbackResult {
  return {
    success: true,
    steps: [
      { step: 'Load Backup', success: true, result: { keys: 9 } },
      { step: 'Clear Database', success: true, result: { rows: 262 } },
    ],
    timestamp: '2026-01-02T03:04:05.000Z',
    runId: 'r1',
    migrationId: 'tasks-to-database',
    outcome: 'rolledBack',
    finalStatus: 'SUCCESS',
    escalation: 1,
    warnings: [],
    ...parts,
  };
}

/** A migration that succeeded. */
export function migrationOf(parts: Partial<MigrationResult>): MigrationResult {
  return {
    success: true,
    timestamp: '2026-01-02T03:04:05.000Z',
    runId: 'm1',
    migrationId: 'tasks-to-database',
    outcome: 'migrated',
    finalStatus: 'SUCCESS',
    escalation: 1,
    items: 262,
    migrated: 262,
    failed: 0,
    failures: [],
    warnings: [],
    ...parts,
  };
}

/** A status with nothing going on. */
export function statusOf(parts: Partial<RollbackStatus>): RollbackStatus {
  return {
    stage: 'PREPARING',
    progress: 0,
    currentStep: 'Nothing is being done',
    description: '',
    severity: 'info',
    step: null,
    stepsDone: [],
    estimatedTimeRemaining: null,
    errors: [],
    migrationState: 'NOT_STARTED',
    activity: 'idle',
    runId: null,
    state: null,
    canCancel: false,
    cancelling: 'tooLate',
    question: null,
    escalation: 1,
    outcome: null,
    ...parts,
  };
}

/** An open question about drift. */
export const QUESTION: Extract<Question, { question: 'drift' }> = {
  question: 'drift',
  choices: ['merge', 'discard'],
  driftDigest: 'd1',
  drift: { digest: 'd1', added: 1, changed: 2, deleted: 1, dependents: 0, storageKeys: 0 },
};

/** One of each question. */
export const QUESTIONS: readonly Question[] = [
  QUESTION,
  {
    question: 'olderBackup',
    choices: ['useOlderBackup', 'reconstruct', 'stop'],
    backupId: 'b1',
    createdAt: '2026-01-02T03:04:05.000Z',
    keys: 3,
  },
  {
    question: 'reconstruction',
    choices: ['useReconstruction', 'useOlderBackup', 'stop'],
    backupId: 'b2',
    exact: 5,
    lossy: 2,
    missing: 1,
  },
  {
    question: 'reconstruction',
    choices: ['useReconstruction', 'stop'],
    backupId: 'b3',
    exact: 0,
    lossy: 1,
    missing: 0,
  },
  { question: 'emptiedStorage', choices: ['restore', 'keepEmpty'], keys: 4 },
];
