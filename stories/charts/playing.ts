import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, type StateValue, transition } from 'xstate';
import type { Move } from '../../src/testing/paths/chart-path.ts';
import { crashRecoveryModel } from '../../src/testing/paths/crash-recovery-model.ts';
import { migrationModel } from '../../src/testing/paths/migration-model.ts';
import { rollbackModel } from '../../src/testing/paths/rollback-model.ts';
import { type ChartId, chartOf } from './charts.ts';
import { emergencyRecoveryMoves } from './emergency-recovery-moves.ts';
import { withFigures } from './figures.ts';

/** What can happen to a chart, and with what it begins. */
interface Playable {
  readonly input: unknown;
  readonly moves: (snapshot: AnyMachineSnapshot) => readonly Move[];
}

const playable: Readonly<Record<ChartId, Playable>> = {
  migration: migrationModel,
  rollback: rollbackModel,
  crashRecovery: crashRecoveryModel,
  emergencyRecovery: {
    input: {
      run: 'emergency-1',
      migration: 'tasks',
      storage: 'this-browser',
      undoes: 'migration-1',
      backup: 'migration-1',
      reason: 'BACKUP_DAMAGED',
    },
    moves: () => emergencyRecoveryMoves,
  },
};

/** A chart in one of its states: nothing but the chart itself, which does nothing. */
export interface Position {
  readonly snapshot: AnyMachineSnapshot;
  /** The innermost state, by its dotted path. */
  readonly state: string;
  /** What the chart wants to be done, by the names of the commands. */
  readonly commands: readonly string[];
}

/** One step that was taken. */
export interface Taken {
  readonly move: Move;
  readonly from: string;
  readonly to: string;
}

/** A state as its dotted path, from the outermost to the innermost. */
export const pathOf = (value: StateValue): string =>
  typeof value === 'string'
    ? value
    : Object.entries(value)
        .map(([key, inner]) => `${key}.${pathOf(inner as StateValue)}`)
        .join(' ');

function positionOf([snapshot, actions]: readonly [
  AnyMachineSnapshot,
  readonly { readonly type: string; readonly params?: unknown }[],
]): Position {
  const commands = actions.flatMap(({ type, params }) =>
    type === 'run' ? [String((params as { command?: unknown } | undefined)?.command)] : [],
  );
  return { snapshot, state: pathOf(snapshot.value), commands };
}

const machineOf = (id: ChartId): AnyStateMachine => chartOf(id).machine;

/** A chart in its first state. */
export const begun = (id: ChartId): Position =>
  positionOf(initialTransition(machineOf(id), playable[id].input) as never);

/** What can happen to a chart in a state: the moves that it knows there and does not refuse. */
export function possible(id: ChartId, { snapshot }: Position): readonly Move[] {
  if (snapshot.status !== 'active') return [];
  const known = new Set<string>(snapshot._nodes.flatMap((node) => [...node.transitions.keys()] as string[]));
  return playable[id]
    .moves(snapshot)
    .filter(({ event }) => known.has(event.type))
    .map(({ name, event }) => ({ name, event: withFigures(event) }))
    .filter(({ event }) => snapshot.can(event as never));
}

/** The chart after a move. */
export const after = (id: ChartId, { snapshot }: Position, { event }: Move): Position =>
  positionOf(transition(machineOf(id), snapshot, event as never) as never);
