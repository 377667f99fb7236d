import { type Act, type Deed, type Happening, happeningOf, type Schedule } from './acts.ts';
import { appEmpties, appWrites, peopleChange, type Refill, readerReads } from './app.ts';
import { crashMachine, damageBackup, flushStorage, kill } from './crash.ts';
import { endSchedule } from './ending.ts';
import { freshImage, migratedImage } from './images.ts';
import { type SimulatedProcess, startProcess } from './process.ts';
import { randomOf } from './random.ts';
import { createScheduler, drain, type Fate, type ParkedCall, type PortName, type Scheduler } from './scheduler.ts';
import { createWorld, type World } from './world.ts';

/** A state of a chart in which something happened, as `rollback executing.clearingDatabase`. */
export type CountCell = (state: string, happening: Happening) => void;

/** What a schedule came to. */
export interface PlayReport {
  readonly violations: readonly string[];
  readonly hash: string;
  /** Where the users' data ended up. */
  readonly end: string;
  /** Calls of ports. */
  readonly calls: number;
  /** What happened, where a story was asked for. */
  readonly story: readonly string[];
}

/** How a schedule is played. */
export interface PlayOptions {
  readonly keeps?: 'hash' | 'story';
  readonly count?: CountCell;
  /** Called with the world before anything happens in it, to plant a fault. */
  readonly prepare?: (world: World) => void;
}

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

/** The longest that an act waits for the world to become quiet, in simulated milliseconds. */
const LONGEST_WAIT = 200_000;
/** More calls than this in one schedule mean that something never ends. */
const MOST_CALLS = 20_000;

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
    (outcome) => said(outcome, 'gives'),
    (error: unknown) => said(error, 'fails with'),
  );
}

/** Carries out what a process is wished to do. */
function wish(stage: Stage, deed: Extract<Deed, { do: 'start' }>): void {
  const process = startOn(stage, `p${stage.processes.length}`);
  const { client } = process;
  const { onDrift } = deed;
  if (deed.wish === 'recover') void ask(stage, process, 'recover', client.recover());
  else if (deed.wish === 'migrate') void ask(stage, process, 'migrate', client.migrate());
  else {
    const request = { reason: 'USER_REQUEST', ...(onDrift === undefined ? {} : { onDrift }) } as const;
    void ask(stage, process, 'rollback', client.rollback(request));
  }
}

/** A person answers the question that is open, whatever it is. */
export function decideOn(stage: Stage, process: SimulatedProcess, choice: number): void {
  const { question } = process.client.getSnapshot();
  const choices = (question?.choices ?? ['merge', 'discard']) as readonly string[];
  const decision = { question: question?.question ?? 'drift', choice: choices[choice % choices.length] };
  void ask(stage, process, `decide ${decision.choice}`, process.client.decide(decision as never));
}

const living = ({ processes }: Stage): SimulatedProcess[] => processes.filter(({ state }) => state === 'alive');

/** Does what needs no call to happen to. */
function perform(stage: Stage, deed: Deed): void {
  const { world, scheduler, processes } = stage;
  world.trace.note(`-- ${deed.do}`);
  if (deed.do === 'start') wish(stage, deed);
  else if (deed.do === 'crash') crashMachine(world, scheduler, processes, deed.plan);
  else if (deed.do === 'flush') flushStorage(world);
  else if (deed.do === 'write') appWrites(world, deed.key, deed.value);
  else if (deed.do === 'empty') appEmpties(world);
  else if (deed.do === 'row') peopleChange(world, deed.table, deed.id, deed.change);
  else if (deed.do === 'jump') world.time.jump(deed.milliseconds);
  else if (deed.do === 'damage') damageBackup(world, deed.part);
  else if (deed.do === 'fillMemory') stage.fullLooks = deed.looks;
  else if (deed.do === 'thaw') for (const process of processes) thaw(world, process);
  else if (deed.do === 'pass') {
    world.time.skip(deed.milliseconds);
    if (deed.milliseconds >= 600_000) flushStorage(world);
  } else if (deed.do === 'read') {
    const refill = readerReads(world, deed.table, deed.id, deed.delay);
    if (refill !== null) stage.refills.push(refill);
  } else {
    const alive = living(stage);
    const asked = alive.find(({ client }) => client.getSnapshot().question !== null) ?? alive[0];
    if (asked === undefined) return;
    if (deed.do === 'cancel') void ask(stage, asked, 'cancel', asked.client.cancel());
    else if (deed.do === 'decide') decideOn(stage, asked, deed.choice);
  }
}

/** A frozen process learns what it has missed. */
export function thaw(world: World, process: SimulatedProcess): void {
  if (process.state !== 'frozen') return;
  process.state = 'alive';
  world.locks.tell(process);
  for (const news of process.unread.splice(0)) news();
}

const needsCall = ({ do: what }: Deed): boolean => what === 'fail' || what === 'die' || what === 'freeze';

function isDue({ acts, since }: Stage, call: ParkedCall, state: string): boolean {
  const act = acts[0];
  if (act === undefined) return false;
  if (act.deed.do === 'fail' && act.deed.port !== undefined && act.deed.port !== call.port) return false;
  if ('after' in act.when) return since.calls >= act.when.after;
  if (act.when.state !== state) return false;
  since.inState += 1;
  return since.inState > act.when.calls;
}

function nextAct(stage: Stage): Deed {
  const { deed } = stage.acts.shift() as Act;
  stage.since = { calls: 0, inState: 0, time: stage.world.time.monotonic() };
  return deed;
}

/** What has to happen at a call happens; the fate of the call, or that it is never released. */
function fateAt(stage: Stage, call: ParkedCall): Fate | 'gone' {
  const { world, scheduler, outage } = stage;
  const process = call.caller as SimulatedProcess;
  while (isDue(stage, call, stateOf(process))) {
    const state = stateOf(process);
    const deed = nextAct(stage);
    const happening = happeningOf(deed);
    if (happening !== null) stage.count(state, happening);
    if (deed.do === 'fail') {
      stage.outage = deed.more > 0 ? { port: call.port, fate: deed.fate, left: deed.more } : null;
      return deed.fate;
    }
    if (deed.do === 'die' || deed.do === 'freeze') {
      world.trace.note(`-- ${process.name}: ${deed.do} ${deed.moment} ${call.port}.${call.operation}`);
      if (deed.moment === 'after') scheduler.release(call, { kind: deed.do === 'die' ? 'hangsAfter' : 'normal' });
      if (deed.do === 'die') kill(world, scheduler, process);
      else {
        process.state = 'frozen';
        world.locks.takeAway(process);
        if (deed.moment === 'before') scheduler.putBack(call);
      }
      return 'gone';
    }
    perform(stage, deed);
    if (process.state === 'dead') return 'gone';
  }
  if (outage !== null && outage.port === call.port && outage.left > 0) {
    outage.left -= 1;
    return outage.fate;
  }
  return { kind: 'normal' };
}

function refill({ refills, world }: Stage): void {
  for (const one of refills) {
    one.left -= 1;
    if (one.left === 0) world.cache?.set(one.key, one.value);
  }
}

/** Whether a process works on something that time alone may end. */
export const isBusy = ({ state, open, client }: SimulatedProcess): boolean =>
  state === 'alive' && open.size > 0 && client.getSnapshot().question === null;

/** Lets one call go on, or time; `quiet` when neither would change anything. */
export async function step(stage: Stage): Promise<'moved' | 'quiet'> {
  const { scheduler, world, since } = stage;
  await drain();
  if (scheduler.steps() > MOST_CALLS) world.guards.violate('I8: the schedule never ends');
  if (world.guards.violations.length > 0) return 'quiet';
  const call = scheduler.take();
  if (call !== null) {
    const fate = fateAt(stage, call);
    if (fate !== 'gone') scheduler.release(call, fate);
    since.calls += 1;
    refill(stage);
    if (world.storage.unflushed() > 0) await keepBurst(stage);
    return 'moved';
  }
  const due = world.time.nextDue();
  if (due === null || !stage.processes.some(isBusy)) return 'quiet';
  if (due - since.time > LONGEST_WAIT) return 'quiet';
  world.time.ringNext();
  return 'moved';
}

/** Where bursts are kept, the browser has written them by the time that the run has gone on from them. */
async function keepBurst({ schedule, world }: Stage): Promise<void> {
  if (schedule.bursts !== 'kept') return;
  await drain();
  const burst = world.lastBurst();
  const record = burst === null ? undefined : world.writeAhead.last.get(burst.run);
  if (burst === null || record === undefined || record.seq < burst.records) return;
  if (record.event.type !== 'RESTORED') flushStorage(world);
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

/** Plays a schedule to its end and judges it. */
export async function play(schedule: Schedule, options: PlayOptions = {}): Promise<PlayReport> {
  const { shape, source } = schedule.world;
  const fresh = freshImage(shape);
  const image = schedule.start === 'fresh' ? fresh : await migratedImage(shape, source, schedule.start);
  const world = createWorld(schedule.world, image, fresh, options.keeps ?? 'hash');
  options.prepare?.(world);
  const stage = createStage(schedule, world, options.count);
  while (world.guards.violations.length === 0) {
    if ((await step(stage)) === 'moved') continue;
    if (stage.acts.length === 0) break;
    const waitsForState = !('after' in (stage.acts[0] as Act).when);
    const deed = nextAct(stage);
    if (!needsCall(deed) && !waitsForState) perform(stage, deed);
  }
  const end = world.guards.violations.length > 0 ? 'violated' : await endSchedule(stage);
  for (const process of stage.processes) if (process.state !== 'dead') kill(world, stage.scheduler, process);
  return {
    violations: world.guards.violations,
    hash: world.trace.hash(),
    end,
    calls: stage.scheduler.steps(),
    story: world.trace.story,
  };
}
