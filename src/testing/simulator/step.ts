import { type Act, type Deed, happeningOf } from './acts.ts';
import { finishReading } from './app.ts';
import { flushStorage, kill } from './crash.ts';
import { perform } from './deeds.ts';
import type { SimulatedProcess } from './process.ts';
import { drain, type Fate, type ParkedCall } from './scheduler.ts';
import { isBusy, type Stage, stateOf } from './stage.ts';

/** The longest that an act waits for the world to become quiet, in simulated milliseconds. */
const LONGEST_WAIT = 200_000;
/** More calls than this in one schedule mean that something never ends. */
const MOST_CALLS = 20_000;

/** Whether a deed is something that happens to a call. */
export const needsCall = ({ do: what }: Deed): boolean => what === 'fail' || what === 'die' || what === 'freeze';

function isDue({ acts, since }: Stage, call: ParkedCall, state: string): boolean {
  const act = acts[0];
  if (act === undefined) return false;
  if (act.deed.do === 'fail' && act.deed.port !== undefined && act.deed.port !== call.port) return false;
  if ('after' in act.when) return since.calls >= act.when.after;
  if (act.when.state !== state) return false;
  since.inState += 1;
  return since.inState > act.when.calls;
}

/** The next act, taken out; the one after it counts from now on. */
export function nextAct(stage: Stage): Deed {
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
      if (call.port === 'operations') process.isRefused = true;
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
    if (call.port === 'operations') process.isRefused = true;
    return outage.fate;
  }
  return { kind: 'normal' };
}

function refill({ refills, world }: Stage): void {
  for (const one of refills) one.left -= 1;
  const due = refills.filter(({ left }) => left <= 0);
  for (const one of due) refills.splice(refills.indexOf(one), 1);
  finishReading(world, due);
}

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
