import type {
  AuditEntry,
  BackupSummary,
  Question,
  Report,
  RollbackPlan,
  RollbackResult,
  RollbackStatus,
} from '../../src/index.ts';

const MADE = '2026-03-02T09:30:00.000Z';

/** A plan without drift. */
export const plan = (parts: Partial<RollbackPlan> = {}): RollbackPlan => ({
  migrationId: 'tasks-to-database',
  backupId: 'run-1',
  backupCreatedAt: MADE,
  onDrift: 'ask',
  collections: [
    { collection: 'tasks', rows: 248, added: 0, changed: 0, deleted: 0, kept: 3 },
    { collection: 'environments', rows: 12, added: 0, changed: 0, deleted: 0, kept: 0 },
  ],
  dependents: [],
  keys: [
    { key: 'task-store', kind: 'collection', action: 'restore', size: 48_210 },
    { key: 'environments', kind: 'collection', action: 'restore', size: 2_345 },
    { key: 'draft:new-task', kind: 'formData', action: 'keep', size: 120 },
    { key: 'settings', kind: 'formData', action: 'keep', size: 64 },
  ],
  rowsToRemove: 260,
  keysToRestore: 2,
  drift: { digest: 'none', added: 0, changed: 0, deleted: 0, dependents: 0, storageKeys: 0 },
  driftEntries: [],
  room: { needed: 50_555, available: 4_000_000 },
  estimatedTime: 3,
  possible: true,
  obstacles: [],
  warnings: [],
  ...parts,
});

/** What people did after the migration. */
export const drift: RollbackPlan['drift'] = {
  digest: 'a1b2',
  added: 3,
  changed: 5,
  deleted: 1,
  dependents: 2,
  storageKeys: 1,
};

/** A plan with drift of every kind, dependents and a warning. */
export const driftedPlan = (parts: Partial<RollbackPlan> = {}): RollbackPlan =>
  plan({
    drift,
    driftEntries: [
      { collection: 'tasks', table: 'tasks', key: '["t-301"]', kind: 'added' },
      { collection: 'tasks', table: 'tasks', key: '["t-17"]', kind: 'changed' },
      { collection: 'tasks', table: 'tasks', key: '["t-4"]', kind: 'deleted' },
      { collection: 'tasks', table: 'comments', key: '[91]', kind: 'dependent' },
    ],
    dependents: [{ table: 'comments', collection: 'tasks', rows: 14, effect: 'moved' }],
    keys: [
      { key: 'task-store', kind: 'collection', action: 'displace', size: 48_210 },
      { key: 'environments', kind: 'collection', action: 'restore', size: 2_345 },
      { key: 'settings', kind: 'formData', action: 'keep', size: 64 },
    ],
    warnings: ['1 keys were written in storage after the migration; their values are kept in the vault.'],
    ...parts,
  });

/** A rollback that restores. */
export const status = (parts: Partial<RollbackStatus> = {}): RollbackStatus => ({
  stage: 'EXECUTING',
  progress: 54,
  currentStep: 'Putting the data back',
  description: 'Writes every key in one burst, the marker last.',
  severity: 'info',
  step: 'Restore LocalStorage',
  stepsDone: ['Load Backup', 'Clear Database'],
  estimatedTimeRemaining: 8,
  errors: [],
  migrationState: 'ROLLING_BACK',
  activity: 'rollback',
  runId: 'run-2',
  state: 'executing.restoringStorage',
  canCancel: true,
  cancelling: 'undoes',
  question: null,
  escalation: 1,
  outcome: null,
  ...parts,
});

/** One question of each kind. */
export const questions: { readonly [K in Question['question']]: Extract<Question, { readonly question: K }> } = {
  drift: { question: 'drift', choices: ['merge', 'discard'], driftDigest: drift.digest, drift },
  olderBackup: {
    question: 'olderBackup',
    choices: ['useOlderBackup', 'reconstruct', 'stop'],
    backupId: 'run-0',
    createdAt: '2026-02-20T18:00:00.000Z',
    keys: 4,
  },
  reconstruction: {
    question: 'reconstruction',
    choices: ['useReconstruction', 'useOlderBackup', 'stop'],
    backupId: 'reconstructed-1',
    exact: 1_240,
    lossy: 12,
    missing: 2,
  },
  emptiedStorage: { question: 'emptiedStorage', choices: ['restore', 'keepEmpty'], keys: 4 },
};

/** A rollback that went well. */
export const result = (parts: Partial<RollbackResult> = {}): RollbackResult => ({
  success: true,
  steps: [
    { step: 'Load Backup', success: true, result: { keys: 4 } },
    { step: 'Clear Database', success: true, result: { rows: 260 } },
    { step: 'Restore LocalStorage', success: true, result: { keys: 4 } },
    { step: 'Verify Data', success: true },
    { step: 'Clean State', success: true },
  ],
  timestamp: '2026-03-09T10:00:00.000Z',
  runId: 'run-2',
  migrationId: 'tasks-to-database',
  outcome: 'rolledBack',
  finalStatus: 'SUCCESS',
  escalation: 1,
  warnings: [],
  ...parts,
});

/** A receipt with so many keys. */
export const report = (keys = 3): Report => ({
  receipt: {
    runId: 'run-2',
    migrationId: 'tasks-to-database',
    outcome: 'rolledBack',
    reason: 'USER_REQUEST',
    timestamp: '2026-03-09T10:00:00.000Z',
    backupId: 'run-1',
    keys: Array.from({ length: keys }, (_, index) => ({
      key: index === 0 ? 'task-store' : `note-${index}`,
      kind: 'collection' as const,
      before: null,
      after: 'b5bb9d8014a0f9b1d61e21e796d78dcc',
      backup: 'b5bb9d8014a0f9b1d61e21e796d78dcc',
      verdict: index % 3 === 1 ? ('merged' as const) : ('exact' as const),
    })),
    collections: [],
    drift: null,
    displaced: [],
    notCarriedOver: [],
  },
  markdown: '# Receipt of run run-2\n',
});

/** So many generations of the backup, newest first. */
export const backups = (count = 3): readonly BackupSummary[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `run-${count - index}`,
    migrationId: 'tasks-to-database',
    createdAt: new Date(Date.UTC(2026, 2, 2, 9, 30) - index * 86_400_000).toISOString(),
    origin: 'https://tasks.example',
    user: index % 2 === 0 ? 'ada@example.org' : null,
    entries: 4,
    size: 50_739,
    sha256: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
    ...(index === 2 ? { reconstruction: { exact: 1_240, lossy: 12, missing: 2 } } : {}),
  }));

const TYPES: readonly Pick<AuditEntry, 'type' | 'result' | 'reason'>[] = [
  { type: 'MIGRATION', result: 'SUCCESS', reason: 'USER_REQUEST' },
  { type: 'MIGRATION_ROLLBACK', result: 'FAILED', reason: 'DATABASE_CONNECTION_LOST' },
  { type: 'SAFE_MODE_UNLOCKED', result: 'SUCCESS', reason: 'The connection was mended and the rows were compared.' },
  { type: 'MIGRATION_ROLLBACK', result: 'PARTIAL', reason: 'USER_REQUEST' },
  { type: 'BACKUP_IMPORTED', result: 'SUCCESS', reason: 'USER_REQUEST' },
];

/** An audit trail, oldest entry first. */
export const audit = (count = TYPES.length): readonly AuditEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    ...(TYPES[index % TYPES.length] as (typeof TYPES)[number]),
    migrationId: 'tasks-to-database',
    runId: `run-${index}`,
    timestamp: new Date(Date.UTC(2026, 2, 2, 9, 30) + index * 3_600_000).toISOString(),
    steps: [],
    performedBy: index % 2 === 0 ? 'ada@example.org' : null,
    previous: `hash-${index - 1}`,
    hash: `hash-${index}`,
  }));

/** A name nobody would choose, and somebody has. */
export const LONG_NAME: string =
  'aVeryLongNameWithoutAnyPlaceToBreakItThatSomebodyHasChosenForAKeyInTheStorageOfTheirBrowser'.repeat(3);
