import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode } from 'xstate';
import { emergencyRecoveryMachine } from '../../src/machines/emergency-recovery/machine.ts';
import type { EmergencyRecoveryContext, EmergencyRecoveryEvent } from '../../src/machines/emergency-recovery/types.ts';
import { charts } from '../../src/runtime/charts.ts';
import { commandsOf } from '../../src/runtime/execution/execution.ts';
import { persisted } from '../../src/runtime/execution/snapshot.ts';
import { initialTransition, transition } from '../../src/runtime/execution/transition.ts';
import type { ChartId } from '../../src/runtime/execution/types.ts';
import { RECORD_VERSION, writeRecord } from '../../src/runtime/journal-record.ts';
import { type ChartEvent, type Move, stateName } from '../../src/testing/paths/chart-path.ts';
import { crashRecoveryModel } from '../../src/testing/paths/crash-recovery-model.ts';
import { migrationModel } from '../../src/testing/paths/migration-model.ts';
import { rollbackModel } from '../../src/testing/paths/rollback-model.ts';

/** A chart, the events that can happen to it, and what tells its states apart besides their names. */
export interface WalkedChart {
  readonly machine: AnyStateMachine;
  readonly input: unknown;
  readonly moves: (snapshot: AnyMachineSnapshot) => readonly Move[];
  readonly facts: (context: AnyMachineSnapshot['context']) => string;
}

const move = (name: string, event: EmergencyRecoveryEvent): Move => ({ name, event });
const decide = (choice: string): Move => move(`DECIDE ${choice}`, { type: 'DECIDE', choice });
const found = (age: 'same' | 'older'): Move =>
  move(`BACKUP_FOUND ${age}`, {
    type: 'BACKUP_FOUND',
    tried: 2,
    found: { backup: 'other', age, createdAt: '2026-01-01T00:00:00.000Z', keys: 3 },
  });
const reconstructed = (name: string, lossy: number): Move =>
  move(`RECONSTRUCTED ${name}`, {
    type: 'RECONSTRUCTED',
    reconstruction: { backup: 'made', exact: 2, lossy, missing: 0 },
  });

const emergency: WalkedChart = {
  machine: emergencyRecoveryMachine,
  input: {
    run: 'run',
    migration: 'migration',
    storage: 'storage',
    undoes: 'migration-run',
    backup: 'migration-run',
    reason: 'BACKUP_DAMAGED',
  },
  moves: () => [
    found('same'),
    found('older'),
    move('NO_BACKUP', { type: 'NO_BACKUP', tried: 2 }),
    reconstructed('exact', 0),
    reconstructed('lossy', 1),
    move('NOT_RECONSTRUCTED', { type: 'NOT_RECONSTRUCTED' }),
    ...['useOlderBackup', 'reconstruct', 'useReconstruction', 'stop'].map(decide),
    move('REQUESTED', { type: 'REQUESTED' }),
    move('CANCEL', { type: 'CANCEL' }),
    move('RESUMED', { type: 'RESUMED', token: 1 }),
    move('FAILED', { type: 'FAILED', command: 'any', code: 'INTERNAL', persistence: 'permanent' }),
  ],
  facts: (context) => String((context as EmergencyRecoveryContext).older === null),
};

/** With what a crash recovery may resume a rollback. */
const intents: readonly Move[] = (['replaceBackup', 'verify', 'withdraw'] as const).map((intent) => ({
  name: `RESUMED to ${intent}`,
  event: { type: 'RESUMED', token: 2, intent } as ChartEvent,
}));

/** Every chart, as it is walked. */
export const walkedCharts: Readonly<Record<ChartId, WalkedChart>> = {
  migration: migrationModel,
  rollback: { ...rollbackModel, moves: (snapshot) => [...rollbackModel.moves(snapshot), ...intents] },
  emergencyRecovery: emergency,
  crashRecovery: crashRecoveryModel,
};

/** Every state of a chart that has no inner one. */
export function statesOf({ root }: AnyStateMachine): readonly string[] {
  const leaves = (node: AnyStateNode): readonly string[] => {
    const inner = Object.values(node.states);
    return inner.length === 0 ? [node.key] : inner.flatMap(leaves);
  };
  return leaves(root);
}

/** A state with the events that led there from the beginning, and what the last of them asks to be done. */
export interface FoundState {
  readonly snapshot: AnyMachineSnapshot;
  readonly way: readonly ChartEvent[];
  readonly commands: readonly string[];
}

/** Where a chart comes to by these events. */
export function follow(
  { machine, input }: Pick<WalkedChart, 'machine' | 'input'>,
  way: readonly ChartEvent[],
): FoundState {
  let [snapshot, actions] = initialTransition(machine, input);
  for (const event of way) [snapshot, actions] = transition(machine, snapshot, event as never);
  return { snapshot, way, commands: commandsOf(actions) };
}

/** Every state of a chart by its name, each by a shortest way. */
export function walk(chart: WalkedChart): ReadonlyMap<string, FoundState> {
  const queue: FoundState[] = [follow(chart, [])];
  const seen = new Set<string>();
  const states = new Map<string, FoundState>();
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    const { snapshot, way } = at;
    const name = stateName(snapshot.value);
    const key = `${name} ${chart.facts(snapshot.context)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (!states.has(name)) states.set(name, at);
    for (const { event } of chart.moves(snapshot).filter((one) => snapshot.can(one.event as never))) {
      const [next, actions] = transition(chart.machine, snapshot, event as never);
      queue.push({ snapshot: next, way: [...way, event], commands: commandsOf(actions) });
    }
  }
  return states;
}

/** What a fixture says of one state. */
export interface StateFixture {
  /** The events that led there. */
  readonly way: readonly ChartEvent[];
  /** The record that the journal keeps of it, as text. */
  readonly record: string;
  /** The events that the state takes, and the state that each leads to. */
  readonly takes: readonly { readonly event: ChartEvent; readonly to: string }[];
}

/** The snapshots of one version of a chart. */
export interface ChartFixture {
  readonly chart: ChartId;
  readonly version: number;
  readonly input: unknown;
  readonly states: Readonly<Record<string, StateFixture>>;
}

const AT = Date.UTC(2026, 0, 1);

/** The record that the journal keeps of a state. */
export async function recordOf(chart: ChartId, { snapshot, way, commands }: FoundState): Promise<string> {
  const { text } = await writeRecord({
    version: RECORD_VERSION,
    seq: way.length,
    run: 'run',
    parent: chart === 'emergencyRecovery' ? 'outer' : null,
    machine: { id: chart, version: charts[chart].version },
    at: AT + way.length,
    activeMs: way.length,
    event: { ...(way.at(-1) ?? { type: 'BEGIN' }) },
    snapshot: persisted(snapshot),
    commands: [...commands],
    previous: '0'.repeat(64),
  });
  return text;
}

/** Where a state goes by an event; `null` when it does not take it. */
export function leadsTo(chart: ChartId, snapshot: AnyMachineSnapshot, event: ChartEvent): string | null {
  if (!snapshot.can(event as never)) return null;
  return stateName(transition(charts[chart].machine, snapshot, event as never)[0].value);
}

/** The fixture of a chart as it is now. */
export async function presentFixture(chart: ChartId): Promise<ChartFixture> {
  const { input, moves } = walkedCharts[chart];
  const states: Record<string, StateFixture> = {};
  for (const [name, state] of walk(walkedCharts[chart])) {
    const events = moves(state.snapshot).map(({ event }) => ({ event, to: leadsTo(chart, state.snapshot, event) }));
    const takes = events.filter((one): one is StateFixture['takes'][number] => one.to !== null);
    states[name] = { way: state.way, record: await recordOf(chart, state), takes };
  }
  return { chart, version: charts[chart].version, input, states };
}
