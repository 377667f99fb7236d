import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, type StateValue, transition } from 'xstate';
import type { EmergencyRecoveryContext } from '../../src/machines/index.ts';
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
  /** What guards look at in the context. */
  readonly facts: (context: AnyMachineSnapshot['context']) => string;
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
    facts: (context) => String((context as EmergencyRecoveryContext).older === null),
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

const UNHOPED = new Set(['FAILED', 'CANCEL', 'TRIGGERED', 'OWNERSHIP_LOST', 'RESUMED', 'BUSY']);

/** The shortest ways to every state that can be reached by these moves; the first position of each is the chart's. */
function waysBy(id: ChartId, allows: (move: Move) => boolean): ReadonlyMap<string, readonly Position[]> {
  const first = begun(id);
  const ways = new Map<string, readonly Position[]>([[first.state, [first]]]);
  const seen = new Set<string>();
  const queue: (readonly Position[])[] = [[first]];
  for (let way = queue.shift(); way !== undefined; way = queue.shift()) {
    const now = way.at(-1) as Position;
    for (const move of possible(id, now).filter(allows)) {
      const next = after(id, now, move);
      const key = `${next.state} ${playable[id].facts(next.snapshot.context)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const longer = [...way, next];
      if (!ways.has(next.state)) ways.set(next.state, longer);
      queue.push(longer);
    }
  }
  return ways;
}

/** How people come into each state of a chart: with as little going wrong as possible, and then in few steps. */
export function waysToStates(id: ChartId): ReadonlyMap<string, readonly Position[]> {
  const passing = ({ event }: Move): boolean => 'persistence' in event && event.persistence === 'transient';
  const hoped = waysBy(id, ({ event }) => !UNHOPED.has(event.type));
  return new Map([...waysBy(id, (move) => !passing(move)), ...hoped]);
}
