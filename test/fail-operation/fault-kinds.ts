import { BackpedalError, type ErrorCode } from '../../src/errors.ts';
import { hasEffect } from '../support/scenarios.ts';
import { lieOf } from './lies.ts';
import type { Call, Meeting } from './numbered-ports.ts';
import type { World } from './world.ts';

/** What a kind of fault is made for: the world that it happens in, and what opens when whatever stood still goes on. */
export interface Surroundings {
  readonly world: World;
  readonly late: Promise<void>;
}

/** One way in which an operation goes wrong. */
export interface FaultKind {
  readonly name: string;
  /** `lie`: the port says what is not so. `late`: it goes on after the run has ended. */
  readonly nature: 'fails' | 'hangs' | 'late' | 'lie' | 'clock';
  readonly repeat: 'once' | 'forever';
  applies(call: Call): boolean;
  meeting(surroundings: Surroundings): Meeting;
  goesOn?(first: Call, later: Call): boolean;
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  storage: 'STORAGE_UNAVAILABLE',
  database: 'DATABASE_UNAVAILABLE',
  vault: 'VAULT_UNAVAILABLE',
  cache: 'CACHE_UNAVAILABLE',
  lock: 'LOCK_UNAVAILABLE',
};

const PERMANENT: Readonly<Record<string, ErrorCode>> = {
  ...CODES,
  storage: 'STORAGE_DENIED',
  database: 'DATABASE_FAILED',
};

type Manner = 'transient' | 'permanent' | 'strange';

function thrownBy({ port }: Call, manner: Manner): Error {
  const code = (manner === 'permanent' ? PERMANENT : CODES)[port];
  if (code === undefined || manner === 'strange') return new Error('told to fail');
  return new BackpedalError(code, 'Told to fail.', { persistence: manner });
}

/** A connection that is lost after the effect leaves nobody knowing of it. */
const lostAnswer = ({ port }: Call): Error =>
  port === 'database'
    ? new BackpedalError('DATABASE_OUTCOME_UNKNOWN', 'Told to lose the connection.', { persistence: 'transient' })
    : new Error('told to fail');

const SYNCHRONOUS: ReadonlySet<string> = new Set(['identity', 'logger']);
const isAsynchronous = ({ port }: Call): boolean => !SYNCHRONOUS.has(port);
/** A timer that stands still or that fails after it rang is the same as a slow machine. */
const canStandStill = (call: Call): boolean => isAsynchronous(call) && call.port !== 'clock';
const changes = (call: Call): boolean =>
  canStandStill(call) && call.port !== 'memory' && call.port !== 'seal' && hasEffect(call.operation);

const rejected = (call: Call, error: Error): unknown => {
  if (isAsynchronous(call)) return Promise.reject(error);
  throw error;
};

const samePort = (first: Call, later: Call): boolean => first.port === later.port;
const sameOperation = (first: Call, later: Call): boolean =>
  samePort(first, later) && first.operation === later.operation;
const never = new Promise<never>(() => undefined);

const fails = (manner: Manner, repeat: FaultKind['repeat']): FaultKind => ({
  name: `fails ${manner === 'strange' ? 'strangely' : `${manner}ly`}, ${repeat}`,
  nature: 'fails',
  repeat,
  applies: manner === 'strange' ? () => true : ({ port }) => port in CODES,
  meeting: () => (call) => rejected(call, thrownBy(call, manner)),
  ...(repeat === 'forever' ? { goesOn: samePort } : {}),
});

const losesAnswer = (repeat: FaultKind['repeat']): FaultKind => ({
  name: `is done and its answer lost, ${repeat}`,
  nature: 'fails',
  repeat,
  applies: changes,
  meeting: () => async (call, perform) => {
    await perform();
    throw lostAnswer(call);
  },
  ...(repeat === 'forever' ? { goesOn: sameOperation } : {}),
});

const hangs = (repeat: FaultKind['repeat']): FaultKind => ({
  name: `never answers, ${repeat}`,
  nature: 'hangs',
  repeat,
  applies: canStandStill,
  meeting: () => () => never,
  ...(repeat === 'forever' ? { goesOn: samePort } : {}),
});

const late = (name: string, applies: FaultKind['applies'], meeting: (wait: Promise<void>) => Meeting): FaultKind => ({
  name,
  nature: 'late',
  repeat: 'once',
  applies,
  meeting: (surroundings) => meeting(surroundings.late),
});

const jumps = (hours: number): FaultKind => ({
  name: `comes as the wall clock jumps by ${hours} h`,
  nature: 'clock',
  repeat: 'once',
  applies: ({ port }) => port !== 'clock' && port !== 'logger',
  meeting:
    ({ world }) =>
    (_, perform) => {
      world.clock.jump(hours * 3_600_000);
      return perform();
    },
});

/** The operation fails, and so does whoever wants to write a line about it. */
const failsUnheard: FaultKind = {
  name: 'fails transiently, and no logger works from then on',
  nature: 'fails',
  repeat: 'once',
  applies: ({ port }) => port !== 'logger',
  meeting: () => (call) => rejected(call, thrownBy(call, 'transient')),
  goesOn: (_, later) => later.port === 'logger',
};

const lies = (repeat: FaultKind['repeat']): FaultKind => ({
  name: `lies, ${repeat}`,
  nature: 'lie',
  repeat,
  // A clock that never lets any time pass would have everybody wait in a circle.
  applies: (call) => lieOf(call) !== null && !(repeat === 'forever' && call.port === 'clock'),
  meeting:
    ({ world }) =>
    (call, perform) =>
      (lieOf(call) as NonNullable<ReturnType<typeof lieOf>>)(call, perform, world),
  ...(repeat === 'forever' ? { goesOn: sameOperation } : {}),
});

/** Every way in which an operation goes wrong. */
export const FAULT_KINDS: readonly FaultKind[] = [
  fails('transient', 'once'),
  fails('transient', 'forever'),
  fails('permanent', 'once'),
  fails('permanent', 'forever'),
  fails('strange', 'once'),
  fails('strange', 'forever'),
  losesAnswer('once'),
  losesAnswer('forever'),
  hangs('once'),
  hangs('forever'),
  late('is done, and answers after the run', changes, (wait) => async (_, perform) => {
    const result = await perform();
    await wait;
    return result;
  }),
  late('is done only after the run', canStandStill, (wait) => async (_, perform) => {
    await wait;
    return perform();
  }),
  failsUnheard,
  jumps(1),
  jumps(-1),
  lies('once'),
  lies('forever'),
];
