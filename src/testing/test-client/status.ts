import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition } from 'xstate';
import { InputError } from '../../errors.ts';
import type { StateMeta } from '../../machines/chart.ts';
import { charts } from '../../runtime/charts.ts';
import type { AnyContext, ChartId, ExecutionView } from '../../runtime/execution/types.ts';
import { IDLE, statusOf } from '../../runtime/status.ts';
import type { DriftSummary, Question, RollbackStatus } from '../../runtime/status-types.ts';

const DRIFT: DriftSummary = { digest: 'drift-1', added: 1, changed: 2, deleted: 1, dependents: 0, storageKeys: 0 };

/** What is asked in the states that wait for a person, unless a test says otherwise. */
const QUESTIONS: Readonly<Record<string, Question>> = {
  deciding: { question: 'drift', choices: ['merge', 'discard'], driftDigest: DRIFT.digest, drift: DRIFT },
  askingForOlderBackup: {
    question: 'olderBackup',
    choices: ['useOlderBackup', 'reconstruct', 'stop'],
    backupId: 'backup-0',
    createdAt: '2025-12-01T00:00:00.000Z',
    keys: 3,
  },
  askingForReconstruction: {
    question: 'reconstruction',
    choices: ['useReconstruction', 'stop'],
    backupId: 'reconstruction-1',
    exact: 10,
    lossy: 2,
    missing: 1,
  },
  asking: { question: 'emptiedStorage', choices: ['restore', 'keepEmpty'], keys: 3 },
};

/** States in which a run rests, and which are named like its outcome. */
const OUTCOMES = ['rolledBack', 'unchanged', 'safeMode', 'migrated', 'recovered', 'notRecovered'];

const INPUT = {
  run: 'run-1',
  migration: 'test',
  storage: 'storage-1',
  undoes: 'run-0',
  reason: 'USER_REQUEST',
  detail: '',
  backup: 'backup-1',
  onDrift: 'ask',
  source: 'clear',
  tolerance: 0.1,
};

type Value = ExecutionView['value'];

/** Every state of a chart in which a run can be, as the chart itself has it, by its path and by its own name. */
function statesOf(machine: AnyStateMachine): ReadonlyMap<string, Value> {
  const states = new Map<string, Value>();
  for (const [outer, { states: inner }] of Object.entries(machine.states)) {
    const names = Object.keys(inner);
    if (names.length === 0) states.set(outer, outer);
    for (const name of names) states.set(name, { [outer]: name }).set(`${outer}.${name}`, { [outer]: name });
  }
  return states;
}

function contextIn(machine: AnyStateMachine, state: string): AnyContext {
  const [{ context }] = initialTransition(machine, INPUT) as [AnyMachineSnapshot, unknown];
  return { ...context, outcome: OUTCOMES.includes(state) ? state : null } as AnyContext;
}

/**
 * What people are shown while a chart is in a state, as the chart describes it. What a state alone does not say can be
 * told in `more`; the rest is as at the beginning of a run.
 * @throws InputError `INPUT_ARGUMENT` for a state that the chart does not have
 */
export function statusIn(chart: ChartId, state: string, more: Partial<RollbackStatus>): RollbackStatus {
  const { machine, meta } = charts[chart];
  const states = statesOf(machine);
  const value = states.get(state);
  if (value === undefined) {
    const names = [...states.keys()].filter((name) => Object.hasOwn(meta, name));
    throw new InputError(
      'INPUT_ARGUMENT',
      `The ${chart} chart has no state ${JSON.stringify(state)}. It has: ${names.join(', ')}.`,
    );
  }
  const name = typeof value === 'string' ? value : (Object.values(value)[0] ?? '');
  const context = contextIn(machine, name);
  const view: ExecutionView = {
    id: chart,
    run: INPUT.run,
    value,
    context,
    meta: meta[name] as StateMeta,
    part: context.outcome === 'rolledBack' || context.outcome === 'migrated' ? 1 : 0,
    activeMs: 0,
  };
  const before = chart === 'rollback' ? 'MIGRATED' : 'NOT_STARTED';
  return { ...statusOf(view, QUESTIONS[name] ?? null, before), ...more };
}

/** What is shown while no run is under way. */
export const idleStatus = (more: Partial<RollbackStatus>): RollbackStatus => ({ ...IDLE, ...more });
