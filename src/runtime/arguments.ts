import { BackpedalError, InputError, RollbackError } from '../errors.ts';
import type { BackpedalOptions, Decision, RollbackRequest } from './public-types.ts';
import type { RollbackReason } from './status-types.ts';

const REASONS: readonly RollbackReason[] = [
  'VALIDATION_FAILURES',
  'DATABASE_CONNECTION_LOST',
  'MEMORY_THRESHOLD',
  'TIMEOUT',
  'USER_CANCELLED',
  'DATA_CORRUPTION',
  'PERFORMANCE_DEGRADATION',
  'BUSINESS_LOGIC_ERROR',
  'USER_REQUEST',
];

/** A longer explanation would not fit into a record of the journal, beside another one: characters, and bytes there. */
const LONGEST_DETAIL = 300;
const MOST_BYTES = 1000;

const fitsInRecord = (text: unknown): text is string =>
  typeof text === 'string' &&
  text.length <= LONGEST_DETAIL &&
  new TextEncoder().encode(JSON.stringify(text)).length <= MOST_BYTES;

const QUESTIONS: readonly unknown[] = ['drift', 'olderBackup', 'reconstruction', 'emptiedStorage'];
const CHOICES: readonly unknown[] = [
  'merge',
  'discard',
  'useOlderBackup',
  'reconstruct',
  'useReconstruction',
  'stop',
  'restore',
  'keepEmpty',
];
const POLICIES: readonly unknown[] = ['ask', 'merge', 'discard'];
const IDENTIFIER = /^[A-Za-z0-9._-]{1,64}$/;

/** Whether a text can name a run, a storage or a backup. */
export const isIdentifier = (value: unknown): value is string => typeof value === 'string' && IDENTIFIER.test(value);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isSignal = (value: unknown): boolean => isObject(value) && typeof value.addEventListener === 'function';

/** What may be said, by name, and what is wrong with a value there. */
type Shape = Readonly<Record<string, (value: unknown) => string | null>>;

const backupId = (value: unknown): string | null =>
  value === undefined || isIdentifier(value) ? null : 'is not an identifier';
const onDrift = (value: unknown): string | null =>
  value === undefined || POLICIES.includes(value) ? null : 'must be ask, merge or discard';
const signal = (value: unknown): string | null =>
  value === undefined || isSignal(value) ? null : 'must be an AbortSignal';

/** The methods that take an object of options. */
type OptionsMethod = 'migrate' | 'plan' | 'drill' | 'rollback' | 'decide' | 'audit.list';

const SHAPES: Readonly<Record<OptionsMethod, Shape>> = {
  migrate: { signal },
  plan: { backupId, onDrift },
  drill: { backupId },
  rollback: {
    reason: (value) => (REASONS.some((reason) => reason === value) ? null : `must be one of ${REASONS.join(', ')}`),
    detail: (value) =>
      value === undefined || fitsInRecord(value)
        ? null
        : `must be a text of at most ${LONGEST_DETAIL} characters and ${MOST_BYTES} bytes of JSON`,
    backupId,
    onDrift,
    signal,
  },
  decide: {
    question: (value) => (QUESTIONS.includes(value) ? null : `must be one of ${QUESTIONS.join(', ')}`),
    choice: (value) => (CHOICES.includes(value) ? null : `must be one of ${CHOICES.join(', ')}`),
    driftDigest: (value) => (value === undefined || typeof value === 'string' ? null : 'must be a text'),
  },
  'audit.list': {
    migrationId: (value) => (value === undefined || typeof value === 'string' ? null : 'must be a text'),
  },
};

/**
 * Refuses what cannot have been meant: a wrong value, or a name that nobody knows, which would otherwise be
 * overlooked.
 * @throws InputError `INPUT_ARGUMENT` that lists every fault, without values
 */
export function checkOptions(method: OptionsMethod, options: unknown): void {
  const shape = SHAPES[method];
  if (!isObject(options)) throw new InputError('INPUT_ARGUMENT', `${method} takes an object.`);
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(shape, name));
  const faults = [
    ...unknown.map((name) => `${JSON.stringify(name)} is not known here`),
    ...Object.entries(shape).flatMap(([name, check]) => {
      const fault = check(Object.hasOwn(options, name) ? options[name] : undefined);
      return fault === null ? [] : [`${name} ${fault}`];
    }),
  ];
  if (faults.length > 0) throw new InputError('INPUT_ARGUMENT', `${method} cannot do this: ${faults.join('; ')}.`);
}

/** @throws BackpedalError `INPUT_ARGUMENT`, `OPERATION_ABORTED` */
export function checkRequest(request: RollbackRequest): void {
  checkOptions('rollback', request);
  if (request.signal?.aborted)
    throw new RollbackError('OPERATION_ABORTED', 'The rollback was cancelled before it began.');
}

/** @throws InputError `INPUT_ARGUMENT` */
export const checkDecision = (decision: Decision): void => checkOptions('decide', decision);

/** @throws InputError `INPUT_ARGUMENT` unless somebody can be called */
export function checkListener(method: string, listener: unknown): void {
  if (typeof listener !== 'function') throw new InputError('INPUT_ARGUMENT', `${method} takes a function to call.`);
}

/** @throws InputError `INPUT_ARGUMENT` for a migration that was not checked, and for a port that is missing */
export function checkWorld(options: BackpedalOptions): void {
  if (!isObject(options)) throw new InputError('INPUT_ARGUMENT', 'createBackpedal takes an object.');
  const given: Readonly<Record<string, unknown>> = options as never;
  if (!isObject(given.migration) || !Array.isArray(given.migration.collections)) {
    throw new InputError('INPUT_ARGUMENT', 'The migration must be what defineMigration returned.');
  }
  const missing = ['storage', 'database', 'vault'].filter((name) => !isObject(given[name]));
  if (missing.length > 0) {
    throw new InputError('INPUT_ARGUMENT', `createBackpedal needs ports that are missing: ${missing.join(', ')}.`);
  }
}

/** An identifier from the app's port, which records and file names are made of. @throws InputError `INPUT_ARGUMENT` */
export function checkedId(id: unknown): string {
  if (isIdentifier(id)) return id;
  throw new InputError(
    'INPUT_ARGUMENT',
    'The identity port made an identifier that is none: letters, digits, ".", "_" and "-" are allowed, at most 64.',
  );
}

/** @throws BackpedalError `INPUT_ARGUMENT` */
export function checkReason(options: unknown): string {
  const reason = isObject(options) ? options.reason : undefined;
  if (fitsInRecord(reason) && reason.trim() !== '') return reason;
  throw new BackpedalError(
    'INPUT_ARGUMENT',
    `A reason of 1 to ${LONGEST_DETAIL} characters, at most ${MOST_BYTES} bytes of JSON, is needed; it is kept in the audit trail.`,
  );
}

/** @throws BackpedalError `INPUT_ARGUMENT` for another lease than an abandoned one */
export function checkLease({ lease }: { readonly lease?: unknown }): void {
  if (lease === undefined || lease === 'abandoned') return;
  throw new BackpedalError('INPUT_ARGUMENT', "`lease` is 'abandoned' or left out.");
}
