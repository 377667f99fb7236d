import type { EventObject, MachineContext, MetaObject, StateMachine } from 'xstate';

/** What a state means to people; every state of every chart has one. */
export interface StateMeta extends MetaObject {
  /** What is being done, in plain words. */
  readonly label: string;
  readonly description: string;
  readonly stage: 'PREPARING' | 'EXECUTING' | 'VERIFYING' | 'COMPLETED' | 'FAILED';
  readonly severity: 'info' | 'warning' | 'critical';
  /** What cancelling means here: nothing has been changed yet, what was changed is undone, or it is too late. */
  readonly cancel: 'stopsHere' | 'undoes' | 'tooLate';
  /** The public step that the state belongs to. */
  readonly step?: string;
  /** Set while a person is waited for; such time does not count against any limit. */
  readonly waitsFor?: 'person';
}

/**
 * A pure chart: no invoke, no after, no I/O. Entering a state that needs something done yields the action `run` with
 * the name of a command; what became of it comes back as an event.
 */
// biome-ignore-start lint/suspicious/noExplicitAny: XState's own parameters for what these charts have none of
export type Chart<TContext extends MachineContext, TEvent extends EventObject, TInput> = StateMachine<
  TContext,
  TEvent,
  any,
  any,
  any,
  any,
  any,
  any,
  any,
  TInput,
  any,
  any,
  StateMeta,
  any
>;
// biome-ignore-end lint/suspicious/noExplicitAny: see above

/** Something that went wrong, by code and by the command that could not be carried out; never with values. */
export interface Fault {
  readonly code: string;
  readonly command: string | null;
}

/** A command could not be carried out. `transient` faults are worth another attempt. */
export interface FailedEvent {
  readonly type: 'FAILED';
  readonly command: string;
  readonly code: string;
  readonly persistence: 'transient' | 'permanent';
}

/** At most this many warnings are kept in a snapshot; more are counted in the last one's code. */
export const MAX_WARNINGS = 8;

/** How often a command that failed transiently is tried again. */
export const RETRIES = 3;

/** Spells out a state's meaning in one line. */
export const describe = (
  stage: StateMeta['stage'],
  severity: StateMeta['severity'],
  cancel: StateMeta['cancel'],
  label: string,
  description: string,
  more: Pick<StateMeta, 'step' | 'waitsFor'> = {},
): StateMeta => ({ label, description, stage, severity, cancel, ...more });

/** What those states mean in which every run that changes something comes to rest. */
export const restingMeta: Readonly<Record<'announcing' | 'safeMode' | 'unlocked', StateMeta>> = {
  announcing: describe('VERIFYING', 'info', 'tooLate', 'Reporting', 'Writes the audit entry and notifies people.'),
  safeMode: describe(
    'FAILED',
    'critical',
    'tooLate',
    'Safe mode',
    'Migration and rollback are locked. All copies are intact and can be downloaded.',
  ),
  unlocked: describe('FAILED', 'warning', 'tooLate', 'Unlocked', 'A person has unlocked the system and said why.'),
};

/** The transition back into the same state, to do its command once more while the fault is transient. */
export interface Again {
  readonly target: string;
  readonly guard: 'canRetry';
  readonly reenter: true;
  readonly actions: 'countAttempt';
}

/** The same command once more while the fault is transient and attempts are left. */
export const again = (state: string): Again => ({
  target: state,
  guard: 'canRetry',
  reenter: true,
  actions: 'countAttempt',
});
