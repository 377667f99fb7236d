import type { ErrorCode } from '../errors.ts';
import type { Fault } from '../machines/chart.ts';
import type { MigrationContext } from '../machines/migration/types.ts';
import type { RollbackContext } from '../machines/rollback/types.ts';
import { messageFor } from './messages.ts';
import type { MigrationResult, RollbackReason, RollbackResult, StepName, StepResult } from './status-types.ts';

/** The public steps in their order. */
export const STEPS: readonly StepName[] = [
  'Load Backup',
  'Clear Database',
  'Restore LocalStorage',
  'Verify Data',
  'Clean State',
];

/** Which public step a command belongs to. */
const STEP_OF: Readonly<Record<string, StepName>> = {
  loadBackup: 'Load Backup',
  recoverBackup: 'Load Backup',
  clearDatabase: 'Clear Database',
  resolveClear: 'Clear Database',
  invalidateCache: 'Clear Database',
  undoClear: 'Clear Database',
  prepareRestore: 'Restore LocalStorage',
  restoreStorage: 'Restore LocalStorage',
  undoRestore: 'Restore LocalStorage',
  reclaimLease: 'Restore LocalStorage',
  verifyData: 'Verify Data',
  cleanState: 'Clean State',
};

interface Told {
  readonly code: ErrorCode;
  readonly message: string;
}

/** A fault as people are told of it. */
export const tell = (fault: Fault): Told => ({ code: fault.code as ErrorCode, message: messageFor(fault.code) });

function stepResult(context: RollbackContext, step: StepName): StepResult | null {
  const figures: Readonly<Record<StepName, Readonly<Record<string, number>>>> = {
    'Load Backup': { keys: context.keys, size: context.bytes },
    'Clear Database': { rows: context.rows },
    'Restore LocalStorage': { written: context.written, displaced: context.displaced },
    'Verify Data': { keys: context.keys },
    'Clean State': {},
  };
  if (context.done.includes(step)) return { step, success: true, result: figures[step] };
  const faults = [context.failure, ...context.warnings].filter((fault): fault is Fault => fault !== null);
  const fault = faults.find(({ command }) => command !== null && STEP_OF[command] === step);
  return fault === undefined ? null : { step, success: false, error: tell(fault) };
}

/**
 * The five steps as far as they went. A failure that is no step's own (a cancellation, say) is told of the first step
 * that was not done; one that was done and undone is left out.
 */
function stepResults(context: RollbackContext): readonly StepResult[] {
  const { failure } = context;
  const hasStep = failure?.command != null && STEP_OF[failure.command] !== undefined;
  const results: StepResult[] = [];
  for (const step of STEPS) {
    const result = stepResult(context, step);
    if (result !== null) results.push(result);
    else if (failure !== null && !hasStep && results.every(({ success }) => success)) {
      results.push({ step, success: false, error: tell(failure) });
    }
  }
  return results;
}

/** `PARTIAL` when a run did what it is for but something around it failed (rule RB11). */
function statusOf(end: 'asWanted' | 'otherwise', warnings: number): 'SUCCESS' | 'PARTIAL' | 'FAILED' {
  if (end === 'otherwise') return 'FAILED';
  return warnings > 0 ? 'PARTIAL' : 'SUCCESS';
}

const warningsOf = (faults: readonly Fault[]): readonly Told[] => faults.map(tell);

/** The result of a rollback from its last snapshot. */
export function rollbackResult(context: RollbackContext, timestamp: string): RollbackResult {
  const end = context.outcome === 'rolledBack' ? 'asWanted' : 'otherwise';
  const finalStatus = statusOf(end, context.warnings.length);
  return {
    success: finalStatus === 'SUCCESS',
    steps: stepResults(context),
    timestamp,
    runId: context.run,
    migrationId: context.migration,
    outcome: context.outcome ?? 'safeMode',
    finalStatus,
    escalation: context.escalation,
    warnings: warningsOf(context.warnings),
    ...(context.failure === null ? {} : { error: tell(context.failure) }),
  };
}

/** The result of a migration from its last snapshot and the list of failures that the vault keeps. */
export function migrationResult(
  context: MigrationContext,
  failures: MigrationResult['failures'],
  timestamp: string,
): MigrationResult {
  // One that was taken back again has moved nothing, however well that went.
  const end = context.outcome === 'migrated' ? 'asWanted' : 'otherwise';
  const finalStatus = statusOf(end, context.warnings.length + context.failed);
  return {
    success: finalStatus === 'SUCCESS',
    timestamp,
    runId: context.run,
    migrationId: context.migration,
    outcome: context.outcome ?? 'safeMode',
    finalStatus,
    escalation: context.escalation,
    items: context.items,
    migrated: context.copied,
    failed: context.failed,
    failures: failures.slice(0, 20),
    warnings: warningsOf(context.warnings),
    ...(context.reason === null ? {} : { reason: context.reason as RollbackReason }),
    ...(context.failure === null ? {} : { error: tell(context.failure) }),
  };
}
