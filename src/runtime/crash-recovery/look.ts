import { type AnyMachineSnapshot, initialTransition, transition } from 'xstate';
import { asBackpedalError, BackpedalError } from '../../errors.ts';
import { crashRecoveryMachine } from '../../machines/crash-recovery/machine.ts';
import type {
  CrashRecoveryCommand,
  CrashRecoveryContext,
  CrashRecoveryEvent,
  CrashRecoveryInput,
} from '../../machines/crash-recovery/types.ts';
import { pauseBefore } from '../execution/command-runner.ts';
import { within } from '../execution/deadline.ts';
import { commandsOf } from '../execution/execution.ts';
import { persistenceOf } from '../execution/faults.ts';
import { pathOf } from '../status.ts';
import { payWhatIsOwed } from './debts.ts';
import { findOpenRun } from './find.ts';
import type { CrashMemory } from './memory.ts';
import { probe } from './probe.ts';
import { checkSettling } from './settling.ts';

type Hand = (context: CrashRecoveryContext, memory: CrashMemory) => Promise<CrashRecoveryEvent>;

/** Goes on with the open run; that it does so, the run's own next record says. */
const resumeRun: Hand = async (context, memory) => {
  const run = memory.history?.runs.find((known) => known.run === context.concerns);
  if (run === undefined)
    throw new BackpedalError('RUN_NOT_FOUND', 'The run that was interrupted is not in the journal.');
  const end = await memory.goOnWith(run, context.intent, null);
  if (end.status === 'suspended') throw end.error;
  return {
    type: 'RUN_ENDED',
    outcome: end.status === 'ended' ? (end.view.context.outcome ?? 'safeMode') : 'elsewhere',
  };
};

const hands: Readonly<Partial<Record<CrashRecoveryCommand, Hand>>> = {
  findOpenRun,
  probe,
  resumeRun,
  checkSettling,
  payDebts: payWhatIsOwed,
};

/** Commands that may be given up without harm; the others have limits of time of their own (rule TR5). */
const READS_ONLY: ReadonlySet<string> = new Set<CrashRecoveryCommand>(['findOpenRun', 'probe', 'checkSettling']);

const inTime = <T>(command: string, answer: Promise<T>, { session: { world } }: CrashMemory): Promise<T> =>
  within(world.clock, `The command ${command}`, answer, world.migration.triggers.timeout);

/** A command's answer; a fault is told to the chart, which tries again or gives up, and kept for the caller. */
async function carryOut(
  command: CrashRecoveryCommand,
  context: CrashRecoveryContext,
  memory: CrashMemory,
): Promise<CrashRecoveryEvent> {
  const { clock } = memory.session.world;
  try {
    await pauseBefore(context.attempts, clock, memory.session.closing.signal);
    const hand = hands[command];
    if (hand === undefined) throw new BackpedalError('INTERNAL', `Nobody can carry out ${command}.`);
    const answer = hand(context, memory);
    return await (READS_ONLY.has(command) ? inTime(command, answer, memory) : answer);
  } catch (thrown) {
    memory.error = thrown;
    const error = asBackpedalError(thrown);
    // A run that could not go on is taken up by the next start; its own retries have been made.
    const persistence = command === 'resumeRun' ? 'permanent' : persistenceOf(error);
    return { type: 'FAILED', command, code: error.code, persistence };
  }
}

/** Where looking has led: to an end, or to the first state that has to be recorded. */
export interface Looked {
  readonly snapshot: AnyMachineSnapshot & { readonly context: CrashRecoveryContext };
  readonly event: CrashRecoveryEvent;
  readonly commands: readonly string[];
}

/** Whether a state only looks. What it hands on to, a run or a debt, has a record of its own. */
const looks = ({ value }: AnyMachineSnapshot): boolean => typeof value === 'object' && 'looking' in value;

/** Takes the chart as far as nothing has to be recorded, so that a start that finds nothing leaves no trace. */
export async function lookAround(input: CrashRecoveryInput, memory: CrashMemory): Promise<Looked> {
  const { logger } = memory.session.world;
  let [snapshot, actions] = initialTransition(crashRecoveryMachine, input);
  for (;;) {
    const [command] = commandsOf(actions);
    const event = await carryOut(command as CrashRecoveryCommand, snapshot.context, memory);
    const from = pathOf(snapshot.value);
    [snapshot, actions] = transition(crashRecoveryMachine, snapshot, event);
    logger.debug('Crash recovery', { from, event: event.type, to: pathOf(snapshot.value) });
    if (!looks(snapshot)) return { snapshot: snapshot as Looked['snapshot'], event, commands: commandsOf(actions) };
  }
}
