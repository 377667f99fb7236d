import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';

/** An event of a chart, as the charts' own event types have it. */
export interface ChartEvent {
  readonly type: string;
}

/** One of the forms of an event that guards tell apart, with a name for people. */
export interface Move {
  readonly name: string;
  readonly event: ChartEvent;
}

/** One step of a path: the move, the states on both sides, and the transition of the chart that it takes. */
export interface PathStep extends Move {
  readonly from: string;
  readonly to: string;
  /** `from --EVENT[guard]--> to`: one branch of one event in one state. */
  readonly edge: string;
  /** Whether the command of the state goes on as if nothing had happened. */
  readonly continues: boolean;
}

/** A way through a chart, from its first state on. */
export interface ChartPath {
  readonly chart: 'rollback' | 'migration' | 'crashRecovery' | 'emergencyRecovery';
  /** The innermost state in which the chart begins. */
  readonly start: string;
  readonly steps: readonly PathStep[];
}

/** A chart with everything that can happen to it, for walking all of its paths. */
export interface ChartModel {
  readonly id: ChartPath['chart'];
  readonly machine: AnyStateMachine;
  readonly input: unknown;
  /** Every event that the chart knows, in each of the forms that guards tell apart in this snapshot. */
  readonly moves: (snapshot: AnyMachineSnapshot) => readonly Move[];
  /**
   * Moves that lead from nearly everywhere to nearly everywhere: they are taken with all that comes before and after
   * them, one after the other, and not in every simple path.
   */
  readonly isShortcut?: (move: Move) => boolean;
  /** What guards look at in the context, counters aside. */
  readonly facts: (context: AnyMachineSnapshot['context']) => string;
  /** The counters in the context that guards with a limit look at, by guard. */
  readonly limits: Readonly<Record<string, string>>;
}

/** The innermost state's name. Names are unique within a chart. */
export function stateName(value: AnyMachineSnapshot['value']): string {
  if (typeof value === 'string') return value;
  const inner = Object.values(value)[0];
  return inner === undefined ? '' : stateName(inner);
}

/** The states that a path enters, the first one included. */
export const statesOf = ({ start, steps }: ChartPath): readonly string[] => [start, ...steps.map(({ to }) => to)];

/** Two transitions that follow each other, as one name. */
export const pairName = (first: PathStep, second: PathStep): string => `${first.edge} then ${second.edge}`;

/** The pairs of consecutive transitions of a path. */
export const pairsOf = ({ steps }: ChartPath): readonly string[] =>
  steps.slice(1).map((step, index) => pairName(steps[index] as PathStep, step));

/** A path in words: its states and what leads from one to the next. */
export const pathName = ({ chart, start, steps }: ChartPath): string =>
  `${chart}: ${start}${steps.map(({ name, to }) => ` -(${name})-> ${to}`).join('')}`;

/** What paths take of a chart. */
export interface Coverage {
  readonly states: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
  readonly pairs: ReadonlySet<string>;
}

/** The states, the transitions and the pairs of consecutive transitions that paths take. */
export const coverageOf = (paths: readonly ChartPath[]): Coverage => ({
  states: new Set(paths.flatMap(statesOf)),
  edges: new Set(paths.flatMap(({ steps }) => steps.map(({ edge }) => edge))),
  pairs: new Set(paths.flatMap(pairsOf)),
});
