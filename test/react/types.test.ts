import { expectTypeOf, it } from 'vitest';
import type {
  Backpedal,
  BackupSummary,
  ErrorCode,
  MigrationResult,
  Question,
  RecoveryResult,
  RollbackPlan,
  RollbackResult,
  RollbackStatus,
  Stage,
} from '../../src/index.ts';
import {
  BackpedalProvider,
  type BackpedalProviderProps,
  type RollbackSnapshot,
  type useAuditTrail,
  type useBackpedal,
  type useBackups,
  type useMigration,
  useRollback,
} from '../../src/react/index.ts';
import type { createTestClient } from '../../src/testing/index.ts';

// What is not true here does not compile: `npm run check` is what runs it.

/** A component; never called. */
const component = () => ({
  all: useRollback(),
  percent: useRollback((snapshot) => snapshot.progress),
  named: useRollback(({ stage, question }) => ({ stage, question }), Object.is),
});
type Selected = ReturnType<typeof component>;

it('RE12 a selector’s result is the hook’s', () => {
  expectTypeOf<Selected['all']>().toEqualTypeOf<RollbackSnapshot>();
  expectTypeOf<Selected['percent']>().toEqualTypeOf<number>();
  expectTypeOf<Selected['named']>().toEqualTypeOf<{ stage: Stage; question: Question | null }>();
  const texts = (one: string, other: string): boolean => one === other;
  // @ts-expect-error an equality compares what the selector gives
  expectTypeOf(() => useRollback((snapshot) => snapshot.progress, texts));
  // @ts-expect-error there is no such member
  expectTypeOf(() => useRollback((snapshot) => snapshot.percent));
});

it('RE12 the snapshot has what the status has, and what may be missing says so', () => {
  expectTypeOf<RollbackSnapshot>().toExtend<RollbackStatus>();
  expectTypeOf<RollbackSnapshot['canRollback']>().toEqualTypeOf<boolean | undefined>();
  expectTypeOf<RollbackSnapshot['plan']>().toEqualTypeOf<RollbackPlan | undefined>();
  expectTypeOf<RollbackSnapshot['result']>().toEqualTypeOf<RollbackResult | undefined>();
  expectTypeOf<NonNullable<RollbackSnapshot['error']>['code']>().toEqualTypeOf<ErrorCode>();
  expectTypeOf<Readonly<RollbackSnapshot>>().toEqualTypeOf<RollbackSnapshot>();
});

it('RE12 actions take what the client takes, and resolve with nothing when they are refused', () => {
  type Actions = RollbackSnapshot['actions'];
  expectTypeOf<Readonly<Actions>>().toEqualTypeOf<Actions>();
  expectTypeOf<Awaited<ReturnType<Actions['rollback']>>>().toEqualTypeOf<RollbackResult | undefined>();
  expectTypeOf<Awaited<ReturnType<Actions['migrate']>>>().toEqualTypeOf<MigrationResult | undefined>();
  expectTypeOf<Awaited<ReturnType<Actions['cancel']>>>().toEqualTypeOf<boolean>();
  expectTypeOf<Actions['decide']>().parameters.toEqualTypeOf<Parameters<Backpedal['decide']>>();
  expectTypeOf<Actions['rollback']>().parameter(0).toEqualTypeOf<Parameters<Backpedal['rollback']>[0] | undefined>();
});

it('RE12 a provider takes a client and, to be waited for, the promise of a recovery', () => {
  expectTypeOf(BackpedalProvider).parameter(0).toEqualTypeOf<BackpedalProviderProps>();
  expectTypeOf<BackpedalProviderProps['recovery']>().toEqualTypeOf<Promise<RecoveryResult> | 'start' | undefined>();
  expectTypeOf<ReturnType<typeof createTestClient>>().toExtend<BackpedalProviderProps['client']>();
});

it('RE12 the other hooks', () => {
  expectTypeOf<ReturnType<typeof useBackups>['backups']>().toEqualTypeOf<readonly BackupSummary[] | undefined>();
  expectTypeOf<ReturnType<typeof useAuditTrail>['entries']>().not.toBeAny();
  expectTypeOf<ReturnType<typeof useMigration>['progress']>().toEqualTypeOf<number | null>();
  expectTypeOf<ReturnType<typeof useBackpedal>>().toEqualTypeOf<Backpedal>();
});
