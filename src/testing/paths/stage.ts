import { BackpedalError, CacheError, DatabaseError, StorageError, VaultError } from '../../errors.ts';
import type { Row } from '../../ports/database.ts';
import type { StoragePort } from '../../ports/storage.ts';
import type { JournalRecord } from '../../runtime/journal-record.ts';
import type { Fault, Gate } from '../faulty.ts';
import { type AppProcess, type FaultyPorts, nextCall } from './app-process.ts';
import type { ChartPath, PathStep } from './chart-path.ts';
import type { PathPorts, PathWorld } from './path-world.ts';
import type { StepClock } from './step-clock.ts';

/** What people wrote into storage while a run was under way, and that nothing of theirs has replaced. */
export interface StorageEdit {
  readonly key: string;
  readonly value: string;
}

/** Where a path is being walked with a real client. */
export interface Stage {
  readonly path: ChartPath;
  readonly world: PathWorld;
  readonly clock: StepClock;
  /** The ports as somebody besides the run has them. */
  readonly outside: PathPorts;
  readonly edits: { readonly storage: StorageEdit[]; readonly rows: Row[] };
  /** Whether the app's schema takes items now. */
  readonly items: { accepted: boolean };
  /** The signal that whoever began the run may abort. */
  readonly abort: AbortController;
  /** What a measurement of the memory that was begun earlier waits for. */
  late: Gate;
  process: AppProcess;
  /** How many steps have been taken. */
  taken: number;
  /** The last record of the run. */
  record: JournalRecord | null;
}

/** States in which nothing is at work that could be held: a person is waited for. */
const RESTING: ReadonlySet<string> = new Set([
  'deciding',
  'safeMode',
  'askingForOlderBackup',
  'askingForReconstruction',
]);

/** The state that the run is in. */
export const presentState = ({ path, taken }: Stage): string => path.steps[taken - 1]?.to ?? path.start;

/** Whether the run is in a state in which nothing is at work. */
export const isResting = (stage: Stage): boolean => RESTING.has(presentState(stage));

/** The step that is to be taken next. */
export const nextStep = ({ path, taken }: Stage): PathStep | undefined => path.steps[taken];

/** The steps from the next one on. */
export const stepsAhead = ({ path, taken }: Stage): readonly PathStep[] => path.steps.slice(taken);

/** The first of the steps ahead that leaves the present state for another one. */
export const departure = (stage: Stage): PathStep | undefined => stepsAhead(stage).find(({ from, to }) => from !== to);

/** A choice among several ways to bring about the same event, the same one in every run of a path. */
export const variant = ({ path, taken }: Stage, ways: number): number => (path.steps.length + taken) % ways;

/** Which errors a port throws: those that may pass, and those that stay. */
type Persistence = 'transient' | 'permanent';

const errors: Readonly<Record<keyof FaultyPorts, (persistence: Persistence) => unknown>> = {
  storage: (persistence) => new StorageError('STORAGE_UNAVAILABLE', 'Told to fail.', { persistence }),
  database: (persistence) =>
    persistence === 'transient'
      ? new DatabaseError('DATABASE_UNAVAILABLE', 'Told to fail.', { persistence })
      : new DatabaseError('DATABASE_FAILED', 'Told to fail.'),
  vault: (persistence) => new VaultError('VAULT_UNAVAILABLE', 'Told to fail.', { persistence }),
  cache: (persistence) => new CacheError('CACHE_UNAVAILABLE', 'Told to fail.', { persistence }),
  // An app's own code throws whatever it likes, which counts as worth another try.
  operations: (persistence) =>
    persistence === 'transient' ? new Error('told to fail') : new BackpedalError('STORAGE_CLOSED', 'Told to fail.'),
  notify: () => new Error('told to fail'),
};

/** Lets the next call of an operation fail, once. */
export function failNext(
  { process }: Pick<Stage, 'process'>,
  port: keyof FaultyPorts,
  operation: string,
  persistence: Persistence,
  more: Pick<Fault, 'when'> & { readonly moment?: Fault['moment'] } = {},
): void {
  const { when, moment = 'before' } = more;
  const fault = nextCall(operation, { throws: errors[port](persistence) }, moment);
  process.faulty[port].add(when === undefined ? fault : { ...fault, when });
}

/** Writes a key of storage as the app does, whatever it holds. */
export async function writeAsApp(stage: Stage, storage: StoragePort, key: string, value: string): Promise<void> {
  const current = (await storage.read([key])).get(key) ?? null;
  await storage.write([{ key, value, expect: [current] }], () => true);
  const { storage: edits } = stage.edits;
  // What the app itself replaces is nobody's loss.
  const replaced = edits.findIndex((edit) => edit.key === key && edit.value === current);
  if (replaced >= 0) edits.splice(replaced, 1);
  edits.push({ key, value });
}

/** The first key of storage of the first collection. */
export function collectionKey({ world }: Stage): string {
  return world.migration.collections[0]?.storageKey ?? '';
}

/** Another text each time, of the shape that the collection has. */
export const anotherText = (stage: Stage): string =>
  JSON.stringify({ state: { tasks: [{ id: 'app', title: `written by the app at step ${stage.taken}` }] } });

/** Somebody takes the lease over and gives it back, so that the run's token is old. */
export async function stealLease({ outside, world }: Stage): Promise<void> {
  const request = { migration: world.migration.id, run: 'thief', storage: 'thief', mode: 'takeOver' } as const;
  const lease = await outside.database.lease(request);
  if (lease.status === 'granted') await outside.database.release({ ...request, token: lease.token });
}

/** Somebody takes the lease over and keeps it. */
export async function occupyLease({ outside, world }: Stage): Promise<void> {
  await outside.database.lease({ migration: world.migration.id, run: 'other', storage: 'other', mode: 'takeOver' });
}

/** Damages a part of every backup, behind the vault's back as far as a port allows it. */
export async function damageBackups(
  { outside, world }: Pick<Stage, 'outside' | 'world'>,
  part: 'head' | 'content',
): Promise<void> {
  const names = await outside.vault.list(`${world.migration.id}/backups/`);
  for (const name of names.filter((one) => one.endsWith(`/${part}`))) {
    const text = (await outside.vault.get(name)) ?? '';
    await outside.vault.put(name, `${text.slice(0, -3)}???`);
  }
}
