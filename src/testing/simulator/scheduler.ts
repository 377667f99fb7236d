import { BackpedalError, CacheError, DatabaseError, StorageError, VaultError } from '../../errors.ts';
import { DATABASE_EFFECTS } from '../../ports/database-effects.ts';
import type { Random } from './random.ts';
import type { SimulatedTime } from './time.ts';
import type { Trace } from './trace.ts';

/** The ports that a simulated process calls. */
export type PortName = 'storage' | 'database' | 'vault' | 'cache' | 'lock' | 'notify' | 'operations';

/** Whoever calls: what became of it decides whether its calls take effect and whether answers reach it. */
export interface Caller {
  readonly name: string;
  state: 'alive' | 'frozen' | 'dead';
  /** What a frozen process will learn when it thaws. */
  readonly unread: (() => void)[];
}

/** A call that waits for its turn. */
export interface ParkedCall {
  readonly caller: Caller;
  readonly port: PortName;
  readonly operation: string;
  readonly subject: string;
  readonly perform: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What becomes of a call. `fails`: nothing has been done, and the error says so. `answerLost`: it has been done, and
 * the caller gets an error. `hangs` and `hangsAfter`: never answered, without and with effect. `late`: takes effect, and
 * is answered, so many milliseconds later.
 */
export type Fate =
  | { readonly kind: 'normal' }
  | { readonly kind: 'fails'; readonly persistence: 'transient' | 'permanent' }
  | { readonly kind: 'answerLost' }
  | { readonly kind: 'hangs' }
  | { readonly kind: 'hangsAfter' }
  | { readonly kind: 'late'; readonly milliseconds: number };

/** Parks every call of simulated processes and lets one at a time go on. */
export interface Scheduler {
  /** Parks a call; what `perform` does, it does when its turn has come. */
  readonly park: (
    caller: Caller,
    port: PortName,
    operation: string,
    args: readonly unknown[],
    perform: () => unknown,
  ) => Promise<unknown>;
  /** The call whose turn it is, taken out; `null` when none of a living process waits. */
  readonly take: () => ParkedCall | null;
  readonly release: (call: ParkedCall, fate: Fate) => void;
  /** The call waits for its turn once more. */
  readonly putBack: (call: ParkedCall) => void;
  /** Forgets the calls of dead processes. */
  readonly bury: () => void;
  /** How many calls have been released. */
  readonly steps: () => number;
}

const WRITING: ReadonlySet<string> = new Set([...DATABASE_EFFECTS, 'save']);

/** The error with which a port of this kind says that a call has failed. */
function errorOf(call: ParkedCall, moment: 'before' | 'after', persistence: 'transient' | 'permanent'): Error {
  const message = 'Told to fail.';
  switch (call.port) {
    case 'storage':
      return new StorageError('STORAGE_UNAVAILABLE', message, { persistence });
    case 'vault':
      return new VaultError('VAULT_UNAVAILABLE', message, { persistence });
    case 'cache':
      return new CacheError('CACHE_UNAVAILABLE', message, { persistence });
    case 'lock':
      return new BackpedalError('LOCK_UNAVAILABLE', message, { persistence });
    case 'database':
      if (moment === 'after' && WRITING.has(call.operation))
        return new DatabaseError('DATABASE_OUTCOME_UNKNOWN', message, { persistence: 'transient' });
      return new DatabaseError(persistence === 'transient' ? 'DATABASE_UNAVAILABLE' : 'DATABASE_FAILED', message, {
        persistence,
      });
    default:
      return new Error(message);
  }
}

/** What a call is about, in few words and without the values of users. */
function subjectOf(args: readonly unknown[]): string {
  return args.map(aboutOf).join(' ').slice(0, 120);
}

function aboutOf(value: unknown): string {
  if (typeof value === 'string') return value.length > 64 ? `${value.slice(0, 16)}…${value.length}` : value;
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? '' : String(value);
  if (Array.isArray(value)) return value.map((one) => aboutOf(one?.key ?? one)).join();
  const { run, token, step, mode, drift, undoes, idempotencyKey } = value as Record<string, unknown>;
  return [run, token, step, mode, drift, undoes, idempotencyKey].filter((part) => part !== undefined).join(':');
}

function resultOf(value: unknown): string {
  if (typeof value === 'string') return value.length > 64 ? `${value.slice(0, 16)}…${value.length}` : value;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `${value.length}`;
  if (value instanceof Map) return `${value.size}`;
  const { status, token } = value as Record<string, unknown>;
  return `${status ?? ''}${token ?? ''}`;
}

/** Whether a call takes effect although its caller is dead or frozen: it is on its way to another machine. */
const isRemote = ({ port }: ParkedCall): boolean => port === 'database' || port === 'cache';

/** A scheduler whose order `random` decides; without it, first come, first served. */
export function createScheduler(random: Random | null, time: SimulatedTime, trace: Trace): Scheduler {
  let parked: ParkedCall[] = [];
  let last: Caller | null = null;
  let steps = 0;

  const tell = (caller: Caller, news: () => void): void => {
    if (caller.state === 'alive') news();
    else if (caller.state === 'frozen') caller.unread.push(news);
  };
  const perform = (call: ParkedCall, answer: 'told' | 'lost' | 'never'): void => {
    const { caller, resolve, reject } = call;
    const done = (value: unknown): void => {
      trace.note(`  ${caller.name} ${call.operation}: ${resultOf(value)}`);
      if (answer === 'told') tell(caller, () => resolve(value));
      else if (answer === 'lost') tell(caller, () => reject(errorOf(call, 'after', 'transient')));
    };
    const failed = (error: unknown): void => {
      trace.note(`  ${caller.name} ${call.operation}: ${(error as { code?: string }).code ?? error}`);
      if (answer !== 'never') tell(caller, () => reject(error));
    };
    try {
      const outcome = call.perform();
      if (outcome instanceof Promise) outcome.then(done, failed);
      else done(outcome);
    } catch (error) {
      failed(error);
    }
  };
  const release = (call: ParkedCall, fate: Fate): void => {
    steps += 1;
    const { caller } = call;
    trace.note(
      `${caller.name} ${call.port}.${call.operation} ${call.subject}${fate.kind === 'normal' ? '' : ` [${fate.kind}]`}`,
    );
    if (fate.kind === 'normal') perform(call, 'told');
    else if (fate.kind === 'fails') tell(caller, () => call.reject(errorOf(call, 'before', fate.persistence)));
    else if (fate.kind === 'answerLost') perform(call, 'lost');
    else if (fate.kind === 'hangsAfter') perform(call, 'never');
    else if (fate.kind === 'late') {
      const sleeper = isRemote(call) ? ({ state: 'alive' } as const) : caller;
      void time
        .clockOf(sleeper)
        .sleep(fate.milliseconds)
        .then(() => {
          trace.note(`${caller.name} ${call.port}.${call.operation} ${call.subject} arrives late`);
          perform(call, 'told');
        });
    }
  };
  return {
    park: (caller, port, operation, args, work) =>
      new Promise((resolve, reject) => {
        if (caller.state === 'dead') return;
        parked.push({ caller, port, operation, subject: subjectOf(args), perform: work, resolve, reject });
      }),
    take() {
      const ready = parked.filter(({ caller }) => caller.state === 'alive');
      const mine = ready.filter(({ caller }) => caller === last);
      let call = ready[0];
      if (random !== null && ready.length > 1) {
        const among = mine.length > 0 && random.chance(0.8) ? mine : ready;
        call = random.chance(0.7) ? among[0] : random.oneOf(among);
      }
      if (call === undefined) return null;
      parked.splice(parked.indexOf(call), 1);
      last = call.caller;
      return call;
    },
    release,
    putBack: (call) => void parked.unshift(call),
    bury: () => {
      parked = parked.filter(({ caller }) => caller.state !== 'dead');
    },
    steps: () => steps,
  };
}

/** Lets everything that waits for promises only go on, however many of them there are. */
export const drain: () => Promise<void> =
  typeof setImmediate === 'function'
    ? () =>
        new Promise((resolve) => {
          setImmediate(resolve);
        })
    : () =>
        new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => {
            port1.close();
            resolve();
          };
          port2.postMessage(null);
        });
