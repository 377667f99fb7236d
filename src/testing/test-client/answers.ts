import { BackpedalError } from '../../errors.ts';
import type { Backpedal } from '../../runtime/public-types.ts';
import type { RollbackPlan } from '../../runtime/record-types.ts';
import type { MigrationResult, RollbackResult, RollbackStatus, StepName } from '../../runtime/status-types.ts';

const TIME = '2026-01-01T00:00:00.000Z';
const STEPS: readonly StepName[] = [
  'Load Backup',
  'Clear Database',
  'Restore LocalStorage',
  'Verify Data',
  'Clean State',
];

/** The methods of a client that a test can answer in its own way. */
export type ClientMethods = Omit<Backpedal, 'getSnapshot' | 'subscribe' | 'close'>;

/** Own answers of a test; groups of methods may be answered in part. */
export type TestMethods = {
  readonly [Name in keyof ClientMethods]?: ClientMethods[Name] extends (...args: never[]) => unknown
    ? ClientMethods[Name]
    : Partial<ClientMethods[Name]>;
};

const ended = {
  success: true,
  timestamp: TIME,
  runId: 'run-1',
  migrationId: 'test',
  finalStatus: 'SUCCESS',
  escalation: 1,
  warnings: [],
} as const;

/** A rollback that went well. */
export const rolledBack: RollbackResult = {
  ...ended,
  outcome: 'rolledBack',
  steps: STEPS.map((step) => ({ step, success: true })),
};

/** A migration that went well. */
export const migrated: MigrationResult = {
  ...ended,
  outcome: 'migrated',
  items: 3,
  migrated: 3,
  failed: 0,
  failures: [],
};

/** What a rollback of three rows would do. */
export const samplePlan: RollbackPlan = {
  migrationId: 'test',
  backupId: 'backup-1',
  backupCreatedAt: TIME,
  onDrift: 'ask',
  collections: [{ collection: 'tasks', rows: 3, added: 0, changed: 0, deleted: 0, kept: 0 }],
  dependents: [],
  keys: [{ key: 'tasks', kind: 'collection', action: 'restore', size: 100 }],
  rowsToRemove: 3,
  keysToRestore: 1,
  drift: { digest: 'none', added: 0, changed: 0, deleted: 0, dependents: 0, storageKeys: 0 },
  driftEntries: [],
  room: { needed: 100, available: null },
  estimatedTime: 1,
  possible: true,
  obstacles: [],
  warnings: [],
};

const verified = { success: true, errors: [], verified: TIME, checked: 3 };

function unanswered(method: string): () => Promise<never> {
  return async () => {
    throw new BackpedalError(
      'INPUT_ARGUMENT',
      `This test client has no answer for ${method}(). Pass one: createTestClient({ methods: { … } }).`,
    );
  };
}

/** What the answers depend on. */
export interface AnswerSource {
  readonly status: () => RollbackStatus;
  /** Enters a state of the chart that is shown, or of the rollback when none is. */
  readonly enter: (state: string, chart?: 'rollback' | 'migration') => void;
  readonly monitor: Backpedal['monitorRollback'];
}

/** Answers of a client whose every run goes well and takes no time. */
export function answersOf({ status, enter, monitor }: AnswerSource): ClientMethods {
  return {
    recover: async () => {
      const { question, migrationState, runId } = status();
      const action = migrationState === 'SAFE_MODE' ? 'safeMode' : question === null ? 'nothingToDo' : 'waiting';
      return { action, migrationState, runId };
    },
    migrate: async () => {
      enter('migrated', 'migration');
      return migrated;
    },
    canRollback: async () =>
      status().migrationState === 'MIGRATED'
        ? { canRollback: true, backupAvailable: true, estimatedTime: 1 }
        : {
            canRollback: false,
            reason: 'There is no migration to take back.',
            backupAvailable: false,
            estimatedTime: 0,
          },
    plan: async () => samplePlan,
    rollback: async () => {
      enter('rolledBack', 'rollback');
      return rolledBack;
    },
    cancel: async () => enter('unchanged'),
    decide: async () => enter('locking', 'rollback'),
    unlock: async () => enter('unlocked'),
    monitorRollback: monitor,
    metrics: async () => null,
    verifyStorage: async () => verified,
    verifyDatabase: async () => verified,
    verifyMigration: async () => verified,
    drill: unanswered('drill'),
    archive: { list: async () => ({ rows: [], displaced: [] }), export: unanswered('archive.export') },
    backups: {
      list: async () => [],
      verify: async (id) => ({ id, valid: true, entries: 1 }),
      export: async (id) => `The backup ${id}.`,
      import: unanswered('backups.import'),
      remove: async () => {},
    },
    audit: { list: async () => [] },
    report: unanswered('report'),
  };
}
