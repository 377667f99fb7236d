import { type Draft, produce } from 'immer';
import { assign, type EventObject } from 'xstate';
import { type Fault, MAX_WARNINGS } from './chart.ts';

/** What the memory of every chart has. */
export interface CommonContext {
  /** The fencing token, 0 before there is a lease. */
  readonly token: number;
  /** Failed attempts at the present command. */
  readonly attempts: number;
  /** How often the run was continued after its process had ended. */
  readonly recoveries: number;
  readonly errors: number;
  readonly failure: Fault | null;
  readonly warnings: readonly Fault[];
  /** What must still be done elsewhere, later. */
  readonly debts: readonly string[];
  readonly escalation: 1 | 2 | 3;
}

/** An action that changes the memory of a chart. */
export type Update<C extends CommonContext, E extends EventObject> = ReturnType<
  typeof assign<C, E, undefined, E, never>
>;

/** The names of the actions that all charts have. */
export type CommonAction =
  | 'noteLease'
  | 'noteResumed'
  | 'countAttempt'
  | 'startAfresh'
  | 'noteFailure'
  | 'warn'
  | 'oweClosing'
  | 'oweAnnouncing';

/** How the actions of one chart are made. */
export interface Updates<C extends CommonContext, E extends EventObject> {
  /** An action that changes the memory, for any event. */
  readonly update: (recipe: (context: Draft<C>, event: E) => void) => Update<C, E>;
  /** An action that changes the memory with what an event of this type says. */
  readonly on: <T extends E['type']>(
    type: T,
    recipe: (context: Draft<C>, event: Extract<E, { type: T }>) => void,
  ) => Update<C, E>;
  /** An action that counts an error and keeps what it was. */
  readonly fault: (recipe: (context: Draft<C>, found: Fault, event: E) => void) => Update<C, E>;
  /** An action that notes what must still be done later, once. */
  readonly owe: (debt: string) => Update<C, E>;
  readonly common: Readonly<Record<CommonAction, Update<C, E>>>;
}

/** What an event that is not wanted says went wrong; `codes` names those that do not say so themselves. */
export function faultOf(codes: Readonly<Record<string, string>>, event: EventObject): Fault {
  const { type, command, code, reason } = event as EventObject & Readonly<Record<string, string | undefined>>;
  if (type === 'FAILED') return { code: String(code), command: command ?? null };
  return { code: codes[type] ?? code ?? reason ?? type, command: null };
}

/** The makers of a chart's actions, and the actions that all charts have. All changes go through immer. */
export function updatesFor<C extends CommonContext, E extends EventObject>(
  codes: Readonly<Record<string, string>>,
): Updates<C, E> {
  const make = (recipe: (context: Draft<C>, event: E) => void): Update<C, E> =>
    assign(({ context, event }) => produce(context, (draft) => recipe(draft, event))) as Update<C, E>;
  const ours = (recipe: (context: Draft<CommonContext>, event: E) => void): Update<C, E> =>
    make((context, event) => recipe(context as Draft<CommonContext>, event));
  const fault: Updates<C, E>['fault'] = (recipe) =>
    make((context, event) => {
      const common = context as Draft<CommonContext>;
      common.errors += event.type === 'CANCEL' ? 0 : 1;
      common.attempts = 0;
      recipe(context, faultOf(codes, event), event);
    });
  const owe = (debt: string): Update<C, E> =>
    ours((context) => {
      if (!context.debts.includes(debt)) context.debts.push(debt);
    });
  return {
    update: make,
    on: (type, recipe) =>
      assign(({ context, event }) =>
        event.type === type ? produce(context, (draft) => recipe(draft, event as never)) : context,
      ) as Update<C, E>,
    fault,
    owe,
    common: {
      noteLease: ours((context, event) => {
        if (!('token' in event)) return;
        context.token = event.token as number;
        context.attempts = 0;
      }),
      noteResumed: ours((context, event) => {
        context.token = (event as unknown as { token: number }).token;
        context.recoveries += 1;
      }),
      countAttempt: ours((context) => {
        context.attempts += 1;
        context.errors += 1;
      }),
      startAfresh: ours((context) => {
        context.attempts = 0;
      }),
      noteFailure: fault((context, found) => {
        const common = context as Draft<CommonContext>;
        common.failure ??= found;
      }),
      warn: fault((context, found) => {
        const { warnings } = context as Draft<CommonContext>;
        if (warnings.length < MAX_WARNINGS) warnings.push(found);
      }),
      oweClosing: owe('close'),
      oweAnnouncing: owe('announce'),
    },
  };
}
