import type { AnyMachineSnapshot } from 'xstate';
import { BackpedalError, JournalError } from '../../errors.ts';
import { type ActiveTime, createActiveTime } from './active-time.ts';
import { appendPatiently } from './append.ts';
import { type CommandRunner, createCommandRunner, pauseBefore } from './command-runner.ts';
import { createDeliveries, type Deliveries, type Delivery } from './deliveries.ts';
import { faultEvents, overdue } from './faults.ts';
import { InnerRunLeft } from './inner-run-left.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';
import { createProgress, type Progress } from './progress.ts';
import type { ExecutionSetting } from './setting.ts';
import { hasEnded, metaOf, persisted } from './snapshot.ts';
import { firstSnapshot, type Start } from './start.ts';
import { initialTransition, transition } from './transition.ts';
import type { AnyContext, AnyEvent, AnyInput, ExecutionEnd, ExecutionView, Plan, Work } from './types.ts';
import { wantedWorld } from './wanted-world.ts';
import { createWatch, timeLimit, type Watch } from './watch.ts';

const TICK = 1000;
const TICKS_PER_PING = 5;

/** A run being carried out. */
export interface Execution<TContext extends AnyContext = AnyContext> {
  readonly view: () => ExecutionView<TContext>;
  /** Tells the chart of something from outside; `false` when its present state cannot take it. */
  readonly send: (event: AnyEvent) => boolean;
  /** The same, and resolves only when the event's record is durable, or it turns out that there will be none. */
  readonly deliver: (event: AnyEvent) => Promise<Delivery>;
  /** Whether active time counts: not while an inner run waits for a person. */
  readonly setTime: (mode: 'running' | 'paused') => void;
  /** Resolves when the run has stopped; never rejects. */
  readonly stopped: Promise<ExecutionEnd<TContext>>;
}

/** What has arrived: the events that may tell of it, the most telling first, and the command that it answers. */
interface Happening {
  readonly events: readonly AnyEvent[];
  readonly answers: number | null;
  /** Told what became of it. */
  readonly told?: (delivery: Delivery) => void;
}

/** Or it is time to look whether a person is still waited for here, or an inner run was left open. */
type Arrival = Happening | 'look' | InnerRunLeft;

/** Everything that a running execution consists of. */
interface Machinery<C extends AnyContext, E extends AnyEvent, I extends AnyInput> {
  readonly plan: Plan<C, E, I>;
  readonly setting: ExecutionSetting;
  readonly mailbox: Mailbox<Arrival>;
  readonly runner: CommandRunner;
  readonly time: ActiveTime;
  readonly progress: Progress;
  readonly watch: Watch;
  readonly deliveries: Deliveries;
  snapshot: AnyMachineSnapshot;
  /** Counts commands, so that the answer to one that is no longer wanted can be told. */
  command: number;
  /** What the present state wants done. */
  wanted: readonly string[];
}

const waits = (it: { readonly snapshot: AnyMachineSnapshot }): boolean => metaOf(it.snapshot).waitsFor !== undefined;

function viewOf<C extends AnyContext>(it: Machinery<C, AnyEvent, AnyInput>): ExecutionView<C> {
  const { snapshot, plan, progress, time } = it;
  return {
    id: plan.id,
    run: snapshot.context.run,
    value: snapshot.value as string,
    context: snapshot.context,
    meta: metaOf(snapshot),
    part: progress.part(),
    activeMs: time.total(),
  };
}

async function enter(
  it: Machinery<AnyContext, AnyEvent, AnyInput>,
  event: AnyEvent | { readonly type: 'BEGIN' },
  snapshot: AnyMachineSnapshot,
  commands: readonly string[],
): Promise<void> {
  const { plan, setting, time } = it;
  time.look();
  await appendPatiently(setting.world.clock, setting.ledger, {
    run: snapshot.context.run,
    parent: setting.parent,
    machine: { id: plan.id, version: plan.version },
    at: setting.world.clock.now(),
    activeMs: Math.round(time.total()),
    event: { ...event },
    snapshot: persisted(snapshot),
    commands: [...commands],
  });
  it.snapshot = snapshot;
  it.wanted = commands;
}

/** Whether the run works or waits decides over the lock and the budget of time. */
async function settle(it: Machinery<AnyContext, AnyEvent, AnyInput>): Promise<void> {
  it.time.set(waits(it) ? 'paused' : 'running');
  await it.setting.hold(waits(it) ? 'waiting' : 'working');
  if (waits(it)) it.mailbox.push('look');
}

function start(it: Machinery<AnyContext, AnyEvent, AnyInput>, command: string): void {
  const { plan, setting, runner, mailbox, time, progress, watch } = it;
  const { world } = setting;
  const number = ++it.command;
  const context = it.snapshot.context as AnyContext;
  progress.begin(command);
  const since = plan.unlimited.includes(command) ? null : time.total();
  runner.start(command, since, async (signal, permitted) => {
    try {
      await pauseBefore(context.attempts, world.clock, signal);
      if (metaOf(it.snapshot).waitsFor === undefined) await watch.look(time.total(), setting.items());
      if (signal.aborted) return;
      const { fence } = setting.ledger;
      const writeBurst: Work['writeBurst'] = (writes) => world.storage.write(writes, permitted, fence ?? undefined);
      const work: Work = {
        world: wantedWorld(world, permitted),
        signal,
        permitted,
        writeBurst,
        report: progress.report,
      };
      const event = await plan.carryOut(command, context, work);
      if (event !== null) mailbox.push({ events: [event], answers: number });
    } catch (error) {
      const left = error instanceof InnerRunLeft;
      mailbox.push(left ? error : { events: faultEvents(error, command, world.logger), answers: number });
    }
  });
}

/** Stops what is under way. While it is waited for, time counts, or one that never comes back was never given up. */
async function halt(it: Machinery<AnyContext, AnyEvent, AnyInput>): Promise<void> {
  it.time.set('running');
  await it.runner.stop();
}

/** The commands that the chart's actions ask for. */
export function commandsOf(actions: readonly { readonly type: string; readonly params: unknown }[]): string[] {
  return actions.filter(({ type }) => type === 'run').map(({ params }) => (params as { command: string }).command);
}

/** Deals with one arrival: transition, record, and only then the commands of the new state. */
async function take(it: Machinery<AnyContext, AnyEvent, AnyInput>, arrival: Happening): Promise<void> {
  if (arrival.answers !== null && arrival.answers !== it.command) return;
  const event = arrival.events.find((candidate) => it.snapshot.can(candidate));
  if (event === undefined) {
    arrival.told?.({ status: 'refused' });
    if (arrival.answers === null) return;
    throw new BackpedalError('INTERNAL', `The chart cannot take ${arrival.events[0]?.type} in its present state.`);
  }
  const [next, actions] = transition(it.plan.machine, it.snapshot, event);
  const commands = commandsOf(actions);
  const stays = commands.length === 0 && JSON.stringify(next.value) === JSON.stringify(it.snapshot.value);
  await enter(it, event, next, stays ? it.wanted : commands);
  arrival.told?.({ status: 'recorded' });
  if (!stays) {
    await halt(it);
    if (!hasEnded(next)) await settle(it);
  }
  it.setting.changed(viewOf(it));
  for (const command of commands) start(it, command);
}

async function begin(it: Machinery<AnyContext, AnyEvent, AnyInput>, from: Start<AnyInput>): Promise<void> {
  if (from.kind === 'begin') {
    const [snapshot, actions] = initialTransition(it.plan.machine, from.input);
    await enter(it, { type: 'BEGIN' }, snapshot, commandsOf(actions));
    for (const command of commandsOf(actions)) start(it, command);
    return;
  }
  if (from.kind === 'enter') {
    await enter(it, from.event, from.snapshot, from.commands);
    await settle(it);
    for (const command of from.commands) start(it, command);
    return;
  }
  const { token, intent } = from;
  const event: AnyEvent = { type: 'RESUMED', token, ...(intent === undefined ? {} : { intent }) };
  const [next, actions] = transition(it.plan.machine, it.snapshot, event);
  const stays = JSON.stringify(next.value) === JSON.stringify(it.snapshot.value);
  const commands = stays ? from.record.commands : commandsOf(actions);
  await enter(it, event, next, commands);
  await settle(it);
  for (const command of commands) start(it, command);
}

async function drive<C extends AnyContext>(
  it: Machinery<C, AnyEvent, AnyInput>,
  from: Start<AnyInput>,
): Promise<ExecutionEnd<C>> {
  const machinery = it as unknown as Machinery<AnyContext, AnyEvent, AnyInput>;
  const { closing } = it.setting;
  const wake = (): void => it.mailbox.push('look');
  closing.addEventListener('abort', wake);
  let ticks = 0;
  const stopTicking = it.setting.world.clock.every(TICK, () => {
    it.time.look();
    ticks += 1;
    const waiting = waits(it);
    if (waiting) it.mailbox.push('look');
    if (!waiting) void it.watch.look(it.time.total(), it.setting.items());
    if (!waiting && ticks % TICKS_PER_PING === 0) void it.watch.ping();
    const lost = it.runner.giveUpAfter(timeLimit(it.setting.world, it.setting.items()), it.time.total());
    if (lost !== null && !waiting) {
      it.mailbox.push({ events: faultEvents(overdue(lost), lost, it.setting.world.logger), answers: it.command });
    }
    it.setting.changed(viewOf(it));
  });
  try {
    await begin(machinery, from);
    it.setting.changed(viewOf(it));
    while (!hasEnded(it.snapshot)) {
      const arrival = await it.mailbox.next();
      if (arrival instanceof InnerRunLeft) return leave(machinery, arrival) as ExecutionEnd<C>;
      if (arrival !== 'look') await take(machinery, arrival);
      else if (waits(it)) await lookAround(machinery);
    }
    if (it.snapshot.status === 'done') it.progress.finish();
    it.setting.changed(viewOf(it));
    it.deliveries.end({ status: 'refused' });
    return { status: 'ended', view: viewOf(it) };
  } catch (error) {
    it.deliveries.end({ status: 'lost', error });
    await halt(machinery);
    if (error instanceof JournalError && error.code === 'JOURNAL_CONFLICT') return { status: 'superseded' };
    return { status: 'suspended', error };
  } finally {
    stopTicking();
    closing.removeEventListener('abort', wake);
  }
}

const movedOn = (): JournalError =>
  new JournalError('JOURNAL_CONFLICT', 'Somebody else has continued this run; it goes on there.');

/** An inner run was left open, and so is this one. */
function leave(it: Machinery<AnyContext, AnyEvent, AnyInput>, left: InnerRunLeft): InnerRunLeft['end'] {
  const { end } = left;
  it.deliveries.end({ status: 'lost', error: end.status === 'suspended' ? end.error : movedOn() });
  return end;
}

/** While a person is waited for: somebody else may have decided, or the client may have been closed. */
async function lookAround(it: Machinery<AnyContext, AnyEvent, AnyInput>): Promise<void> {
  const { closing, ledger, hasMovedOn } = it.setting;
  if (closing.aborted) {
    throw new BackpedalError(
      'CLIENT_CLOSED',
      'The client was closed while the run waited for a decision. The question stays open; the next client asks it.',
    );
  }
  if (await hasMovedOn(ledger.last()?.seq ?? 0)) throw movedOn();
}

/**
 * Carries a run out: event -> transition -> durable record -> commands -> event. Nothing is done that has not been
 * written down before (invariant I4).
 */
export function execute<C extends AnyContext, E extends AnyEvent, I extends AnyInput>(
  plan: Plan<C, E, I>,
  setting: ExecutionSetting,
  from: Start<I>,
): Execution<C> {
  const mailbox = createMailbox<Arrival>();
  const push = (event: AnyEvent): void => mailbox.push({ events: [event], answers: null });
  const it: Machinery<C, E, I> = {
    plan,
    setting,
    mailbox,
    runner: createCommandRunner(),
    time: createActiveTime(setting.world.clock, from.kind === 'resume' ? from.record.activeMs : 0),
    progress: createProgress(plan.weights),
    watch: createWatch(setting.world, (reason) => push({ type: 'TRIGGERED', reason })),
    deliveries: createDeliveries(),
    snapshot: firstSnapshot(plan.machine, from),
    command: 0,
    wanted: from.kind === 'resume' ? from.record.commands : [],
  };
  const machinery = it as unknown as Machinery<C, AnyEvent, AnyInput>;
  return {
    view: () => viewOf(machinery),
    send: (event) => {
      if (!it.snapshot.can(event)) return false;
      push(event);
      return true;
    },
    deliver: async (event) => {
      if (!it.snapshot.can(event)) return { status: 'refused' };
      const { told, delivered } = it.deliveries.begin();
      mailbox.push({ events: [event], answers: null, told });
      return delivered;
    },
    setTime: (mode) => it.time.set(mode),
    stopped: drive(machinery, from),
  };
}
