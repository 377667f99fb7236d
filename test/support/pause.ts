import type { MigrationResult, RollbackResult } from '../../src/runtime/status-types.ts';
import { closedGate, type Fault, type Gate } from '../../src/testing/index.ts';
import { type AppProcess, type Driven, drive, PORT_NAMES } from './run-kit.ts';
import { rehearse, type Scenario, type Stage, setStage } from './scenarios.ts';

/** A run that stands still in the middle of a command of some state. */
export interface PausedRun extends Stage {
  readonly process: AppProcess;
  /** Lets the command go on. */
  readonly gate: Gate;
  /** How the run ends once it is let go on. */
  finish(): Promise<Driven<MigrationResult | RollbackResult>>;
}

const isJournal = (name: unknown): boolean => typeof name === 'string' && name.includes('/journal/');

/** Every state that a run without faults enters, in their order. */
export async function statesOf(scenario: Scenario): Promise<readonly string[]> {
  const states = new Set<string>();
  await rehearse({
    ...scenario,
    run: (process) => {
      process.client.subscribe(() => states.add(process.client.getSnapshot().state ?? ''));
      return scenario.run(process);
    },
  });
  return [...states];
}

/**
 * Carries a run on until a command of this state has begun: its first call of a port stands still. `null` when no
 * command of the state calls a port.
 */
export async function pauseIn(scenario: Scenario, state: string): Promise<PausedRun | null> {
  const { after } = await rehearse(scenario);
  const stage = await setStage(scenario, after);
  const gate = closedGate();
  const at: { progress: 'before' | 'armed' | 'paused' | 'missed' } = { progress: 'before' };
  const fault: Fault = {
    when: ({ operation, arguments: args }) => {
      if (at.progress !== 'armed' || operation === 'ping' || isJournal(args[0])) return false;
      at.progress = 'paused';
      return true;
    },
    moment: 'before',
    behaviour: { waitsFor: gate.opened },
  };
  const ports = PORT_NAMES.filter((port) => port !== 'memory' && port !== 'lock');
  const process = stage.kit.start(Object.fromEntries(ports.map((port) => [port, [fault]])));
  process.client.subscribe(() => {
    const isThere = process.client.getSnapshot().state === state;
    if (isThere && at.progress === 'before') at.progress = 'armed';
    else if (!isThere && at.progress === 'armed') at.progress = 'missed';
  });
  const work = scenario.run(process);
  work.catch(() => {});
  for (let turns = 0; turns < 50 && at.progress !== 'paused'; turns++) await stage.kit.clock.advance(0);
  if (at.progress !== 'paused') return null;
  return { ...stage, process, gate, finish: () => drive(stage.kit.clock, work) };
}
