import type { Act, Happening, Schedule } from './acts.ts';
import type { Refill } from './app.ts';
import { type SimulatedProcess, startProcess } from './process.ts';
import { randomOf } from './random.ts';
import { createScheduler, type Fate, type PortName, type Scheduler } from './scheduler.ts';
import type { World } from './world.ts';

/** A state of a chart in which something happened, as `rollback executing.clearingDatabase`. */
export type CountCell = (state: string, happening: Happening) => void;

/** A schedule that is being played. */
export interface Stage {
  readonly schedule: Schedule;
  readonly world: World;
  readonly scheduler: Scheduler;
  readonly processes: SimulatedProcess[];
  readonly acts: Act[];
  readonly count: CountCell;
  readonly refills: Refill[];
  /** Calls since the last act, and the calls in the state that the next act waits for. */
  since: { calls: number; inState: number; time: number };
  outage: { readonly port: PortName; readonly fate: Fate; left: number } | null;
  fullLooks: number;
}

/** A stage on which nothing has happened. */
export function createStage(schedule: Schedule, world: World, count: CountCell = () => {}): Stage {
  const order = schedule.order === 'seeded' ? randomOf(schedule.seed, 1) : null;
  return {
    schedule,
    world,
    scheduler: createScheduler(order, world.time, world.trace),
    processes: [],
    acts: [...schedule.acts],
    count,
    refills: [],
    since: { calls: 0, inState: 0, time: world.time.monotonic() },
    outage: null,
    fullLooks: 0,
  };
}

/** Where the run of a process is; `idle` where it shows none. */
export function stateOf({ client }: SimulatedProcess): string {
  const { activity, state } = client.getSnapshot();
  return state === null ? 'idle' : `${activity} ${state}`;
}

/** Starts a process that is asked for something. */
export function startOn(stage: Stage, name: string): SimulatedProcess {
  const { world, scheduler } = stage;
  const memory = (): number => {
    if (stage.fullLooks === 0) return 0.1;
    stage.fullLooks -= 1;
    return 0.99;
  };
  const process = startProcess(name, { world, scheduler, memory });
  stage.processes.push(process);
  return process;
}

const isWish = (name: string): boolean => name === 'recover' || name === 'rollback' || name === 'migrate';

/** Asks a process for something; what it answers is noted and judged. */
export function ask(stage: Stage, process: SimulatedProcess, name: string, work: Promise<unknown>): Promise<void> {
  const { world } = stage;
  process.open.add(name);
  const said = (outcome: unknown, verb: string): void => {
    process.open.delete(name);
    const {
      outcome: end,
      action,
      code,
      migrationState,
      success,
      finalStatus,
    } = (outcome ?? {}) as Record<string, unknown>;
    world.trace.note(
      `${process.name} ${name} ${verb} ${[end, action, code, migrationState].filter((part) => part !== undefined).join(' ')}`,
    );
    if (success === true && (finalStatus !== 'SUCCESS' || (end !== 'migrated' && end !== 'rolledBack')))
      world.guards.violate(`I12: success was said of ${end} ${finalStatus}`);
    if (outcome instanceof Error && outcome.message.includes('§')) world.guards.violate('I12: an error tells a value');
    if (code === 'INTERNAL') world.trace.note(`internal: ${String((outcome as Error).cause)}`);
  };
  return work.then(
    (outcome) => {
      said(outcome, 'gives');
    },
    (error: unknown) => {
      if (isWish(name)) process.isRefused = true;
      said(error, 'fails with');
    },
  );
}

/** A person answers the question that is open, whatever it is. */
export function decideOn(stage: Stage, process: SimulatedProcess, choice: number): void {
  const { question } = process.client.getSnapshot();
  const choices = (question?.choices ?? ['merge', 'discard']) as readonly string[];
  if (question?.question === 'emptiedStorage' && choices[choice % choices.length] === 'keepEmpty')
    stage.world.edits.keepsEmpty = true;
  const decision = { question: question?.question ?? 'drift', choice: choices[choice % choices.length] };
  void ask(stage, process, `decide ${decision.choice}`, process.client.decide(decision as never));
}

/** A frozen process learns what it has missed. */
export function thaw(world: World, process: SimulatedProcess): void {
  if (process.state !== 'frozen') return;
  process.state = 'alive';
  world.locks.tell(process);
  for (const news of process.unread.splice(0)) news();
}

const isOfPeople = (name: string): boolean => name.startsWith('decide') || name === 'cancel';

/** Whether a process works on something that time alone may end: anything but waiting for a person who says nothing. */
export const isBusy = ({ state, open, client }: SimulatedProcess): boolean =>
  state === 'alive' && open.size > 0 && (client.getSnapshot().question === null || [...open].some(isOfPeople));
