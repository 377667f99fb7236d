import { finishReading } from './app.ts';
import { crashMachine, flushStorage, kill } from './crash.ts';
import { checkEnd, checkWriters, contentOf } from './final-checks.ts';
import type { SimulatedProcess } from './process.ts';
import { type Random, randomOf } from './random.ts';
import { ask, decideOn, type Stage, startOn, thaw } from './stage.ts';
import { step } from './step.ts';

/** A recovery by a client that nothing happens to takes at most so many questions and waits. */
const ROUNDS = 12;
/** After so many starts there is nothing left to do. */
const STARTS = 6;
/** Longer than any answer takes that is late. */
const A_MINUTE = 60_000;
/** A day and a bit: caches have been invalidated twice, and restored storage has settled. */
const A_DAY = 26 * 3_600_000;

/** Goes on until the work has settled, or nothing moves any more. */
async function untilSettled(stage: Stage, work: Promise<unknown>): Promise<unknown> {
  let outcome: unknown = 'open';
  work.then(
    (value) => {
      outcome = value ?? 'done';
    },
    (error: unknown) => {
      outcome = error;
    },
  );
  stage.since = { calls: 0, inState: 0, time: stage.world.time.monotonic() };
  while (outcome === 'open' && (await step(stage)) === 'moved');
  return outcome;
}

async function untilQuiet(stage: Stage): Promise<void> {
  stage.since = { calls: 0, inState: 0, time: stage.world.time.monotonic() };
  while ((await step(stage)) === 'moved');
}

/** Lets everything happen that is due within so many milliseconds. */
async function passTime(stage: Stage, milliseconds: number): Promise<void> {
  const { time, guards } = stage.world;
  const until = time.monotonic() + milliseconds;
  for (;;) {
    await untilQuiet(stage);
    const due = time.nextDue();
    if (due === null || due > until || guards.violations.length > 0) return;
    time.ringNext();
  }
}

/** Faults have stopped. */
async function calmDown(stage: Stage, random: Random): Promise<void> {
  const { world, scheduler, processes, schedule } = stage;
  stage.outage = null;
  stage.fullLooks = 0;
  finishReading(world, stage.refills);
  if (schedule.ending === 'crashed')
    crashMachine(world, scheduler, processes, { kept: random.next(), torn: random.next() });
  else if (schedule.ending === 'killed') for (const process of processes) kill(world, scheduler, process);
  else {
    for (const process of processes) thaw(world, process);
    if (schedule.ending === 'closed')
      for (const process of processes)
        if (process.state === 'alive') void ask(stage, process, 'close', process.client.close());
    await untilQuiet(stage);
  }
}

/** What a recovery came to: where the users' data is, and what was done. */
interface Recovered {
  readonly state: string;
  readonly action: string;
}

/** A good client recovers, and a person answers what is asked, until there is nothing left to do. */
async function recoverWell(stage: Stage, good: SimulatedProcess, random: Random): Promise<Recovered> {
  const { world } = stage;
  let said = 'nothing';
  for (let round = 0; round < ROUNDS && world.guards.violations.length === 0; round++) {
    const work = good.client.recover();
    void ask(stage, good, 'recover', work);
    const outcome = (await untilSettled(stage, work)) as { action?: string; migrationState?: string; code?: string };
    said = outcome.action ?? outcome.code ?? String(outcome);
    if (outcome.action === 'waiting') {
      if (good.client.getSnapshot().question !== null) decideOn(stage, good, random.below(2));
      await untilQuiet(stage);
      // Whoever is told to wait looks again, later each time: somebody at work may take a while, or do nothing at all.
      world.time.skip(2000 * 2 ** round);
    } else if (outcome.migrationState !== undefined) return { state: outcome.migrationState, action: said };
    else world.time.skip(60_000);
  }
  if (world.guards.violations.length === 0)
    world.guards.violate(`I8: a good client could not finish what it found: ${said}`);
  return { state: 'violated', action: said };
}

/** Start after start, until one finds nothing left to do. */
async function startUntilQuiet(stage: Stage, process: SimulatedProcess, random: Random): Promise<string> {
  const { guards } = stage.world;
  for (let start = 0; start < STARTS && guards.violations.length === 0; start++) {
    const { state, action } = await recoverWell(stage, process, random);
    if (action === 'nothingToDo' || action === 'safeMode') return state;
  }
  if (guards.violations.length === 0) guards.violate('I8: every start finds something to do');
  return 'violated';
}

/** Recovers as an app does at its next starts, and judges what came of the schedule. */
export async function endSchedule(stage: Stage): Promise<string> {
  const { world, scheduler, processes, schedule } = stage;
  const { violations } = world.guards;
  const random = randomOf(schedule.seed, 2);
  await calmDown(stage, random);
  const { state: first } = await recoverWell(stage, startOn(stage, 'good'), random);
  await untilQuiet(stage);
  // Tabs that wait for a run elsewhere look every second whether it has ended, and may be answered late.
  await passTime(stage, A_MINUTE);
  for (const violation of checkWriters(processes, first)) world.guards.violate(violation);
  if (violations.length > 0) return 'violated';
  if (schedule.bursts === 'lost')
    crashMachine(world, scheduler, processes, { kept: random.next(), torn: random.next() });
  else flushStorage(world);
  for (const process of processes) if (process.state !== 'dead') kill(world, scheduler, process);
  world.time.skip(A_DAY);
  const later = startOn(stage, 'later');
  const state = await startUntilQuiet(stage, later, random);
  if (violations.length > 0) return 'violated';
  flushStorage(world);
  for (const violation of checkEnd(world, state)) world.guards.violate(violation);
  const before = contentOf(world);
  const again = await recoverWell(stage, later, random);
  if (again.state !== state || contentOf(world) !== before)
    world.guards.violate('I6: a further recovery changed something');
  return state;
}
