import type { Fault } from '../machines/chart.ts';
import type { AnyContext, ChartId, ExecutionView } from './execution/types.ts';
import { messageFor } from './messages.ts';
import type { MigrationState, Question, RollbackStatus, StepName } from './status-types.ts';

/** Before this part is done, the rate is too uncertain for an estimate. */
const EARLIEST_ESTIMATE = 0.05;

/** What is shown before anything is known. */
export const IDLE: RollbackStatus = Object.freeze({
  stage: 'PREPARING',
  progress: 0,
  currentStep: 'Nothing is being done',
  description: '',
  severity: 'info',
  step: null,
  stepsDone: Object.freeze([]),
  estimatedTimeRemaining: null,
  errors: Object.freeze([]),
  migrationState: 'NOT_STARTED',
  activity: 'idle',
  runId: null,
  state: null,
  canCancel: false,
  cancelling: 'tooLate',
  question: null,
  escalation: 1,
  outcome: null,
});

/** A chart's state as a dotted path, from the outermost to the innermost. */
export const pathOf = (value: ExecutionView['value']): string =>
  typeof value === 'string'
    ? value
    : Object.entries(value)
        .map((pair) => pair.join('.'))
        .join(' ');

const STATES_DURING: Readonly<Partial<Record<ChartId, MigrationState>>> = {
  migration: 'MIGRATING',
  rollback: 'ROLLING_BACK',
  emergencyRecovery: 'ROLLING_BACK',
};

/** How a run ended, for people; a recovery that only handed on what it had found has no end of its own. */
const outcomeOf = ({ outcome }: AnyContext): RollbackStatus['outcome'] =>
  outcome === 'recovered' || outcome === 'notRecovered' ? null : outcome;

function migrationStateOf(view: ExecutionView, before: MigrationState): MigrationState {
  const { outcome } = view.context;
  if (view.value === 'unlocked') return before;
  if (view.meta.stage !== 'COMPLETED' && view.meta.stage !== 'FAILED') return STATES_DURING[view.id] ?? before;
  if (view.value === 'safeMode' || outcome === 'safeMode') return 'SAFE_MODE';
  if (outcome === 'migrated') return 'MIGRATED';
  if (outcome === 'rolledBack') return 'ROLLED_BACK';
  return before;
}

function estimate(view: ExecutionView): number | null {
  const { part, activeMs } = view;
  if (part >= 1) return 0;
  if (part < EARLIEST_ESTIMATE || activeMs === 0) return null;
  return Math.ceil(((activeMs / part) * (1 - part)) / 1000);
}

const told = (fault: Fault): string => `${fault.code}: ${messageFor(fault.code)}`;

/** Other charts look for copies within the step of a rollback; the steps are only its own. */
const stepOf = ({ id, meta }: ExecutionView): StepName | null =>
  id === 'rollback' ? ((meta.step as StepName | undefined) ?? null) : null;

/** A run that is locked down has failed for good, also while people are told of it: its stage never goes back. */
const metaOf = ({ context, meta }: ExecutionView): ExecutionView['meta'] =>
  context.outcome === 'safeMode' ? { ...meta, stage: 'FAILED', severity: 'critical' } : meta;

/** What an execution looks like to people. `before` is the state that a run which changes nothing leaves. */
export function statusOf(found: ExecutionView, question: Question | null, before: MigrationState): RollbackStatus {
  const view = { ...found, meta: metaOf(found) };
  const { context, meta } = view;
  const faults = [...(context.failure === null ? [] : [context.failure]), ...context.warnings];
  const ended = meta.stage === 'COMPLETED' || meta.stage === 'FAILED';
  return {
    stage: meta.stage,
    progress: Math.floor(view.part * 100),
    currentStep: meta.label,
    description: meta.description,
    severity: meta.severity,
    step: stepOf(view),
    stepsDone: 'done' in context ? (context.done as readonly StepName[]) : IDLE.stepsDone,
    estimatedTimeRemaining: ended ? 0 : meta.waitsFor === undefined ? estimate(view) : null,
    errors: faults.map(told),
    migrationState: migrationStateOf(view, before),
    activity: view.id,
    runId: view.run,
    state: pathOf(view.value),
    canCancel: !ended && meta.cancel !== 'tooLate',
    cancelling: ended ? 'tooLate' : meta.cancel,
    question,
    escalation: context.escalation,
    outcome: ended ? outcomeOf(context) : null,
  };
}
