import type { CachePort } from '../../ports/cache.ts';
import type { DatabasePort } from '../../ports/database.ts';
import type { LoggerPort } from '../../ports/logger.ts';
import type { Notification, NotifyPort } from '../../ports/notify.ts';
import type { OperationsPort } from '../../ports/operations.ts';
import { OWN_KEY_PREFIX } from '../../ports/own-keys.ts';
import type { StoragePort } from '../../ports/storage.ts';
import type { VaultPort } from '../../ports/vault.ts';
import { createBackpedal } from '../../runtime/client.ts';
import type { JournalRecord } from '../../runtime/journal-record.ts';
import type { Backpedal } from '../../runtime/public-types.ts';
import { closedGate, type Fault, type FaultyPort, type Gate, withFaults } from '../faulty.ts';
import { guardedPort } from './guarded-port.ts';
import type { PathWorld } from './path-world.ts';
import type { StepClock } from './step-clock.ts';

/** The ports that faults are put into, by name. */
export interface FaultyPorts {
  readonly storage: FaultyPort<StoragePort>;
  readonly database: FaultyPort<DatabasePort>;
  readonly vault: FaultyPort<VaultPort>;
  readonly cache: FaultyPort<CachePort>;
  readonly operations: FaultyPort<OperationsPort>;
  readonly notify: FaultyPort<NotifyPort>;
}

/** What is common to all processes of a path. */
export interface ProcessSetting {
  readonly world: PathWorld;
  readonly clock: StepClock;
  /** What the app's writers were told last. */
  readonly operations: { state: 'running' | 'stopped' };
  /** Told before a record is appended; `die` ends the process instead. */
  readonly beforeRecord: (record: JournalRecord) => 'go on' | 'die';
  /** Told of every record as soon as it is durable; what it begins is waited for before the run goes on. */
  readonly afterRecord: (record: JournalRecord) => void | Promise<void>;
  readonly logger?: LoggerPort;
}

/** One process of the app with a client, at the hands of whoever walks a path. */
export interface AppProcess {
  readonly client: Backpedal;
  readonly faulty: FaultyPorts;
  readonly death: AbortController;
  /** Holds what a command does from its beginning: `atOnce` before anything, `atPorts` before its first port call. */
  hold(where: Hold['where']): void;
  /** Whether a command has come to where it is held. */
  isHeld(): boolean;
  /** Lets what is held go on. */
  release(): void;
  /** Holds nothing that begins from now on; what is held is let go on when the result is called. */
  detach(): () => void;
  /** The part of the memory that is in use when it is asked for next, and the answer that comes only when told to. */
  answerMemory(usage: number | null | Promise<number | null>): void;
  /** Throws when the user is asked for next. */
  failIdentity(error: unknown): void;
  /** Whether storage answers reads with something else than it holds. */
  readonly storage: { answers: 'truth' | 'lies' };
}

const isJournal = (args: readonly unknown[]): boolean => /\/journal(\.\d+)?\//.test(String(args[0]));

/** What is appended to a journal; `null` for what takes the place behind the last record of one that is replaced. */
const recordIn = (text: string): JournalRecord | null =>
  text.charAt(65) === '{' ? (JSON.parse(text.slice(65)) as JournalRecord) : null;

/** A vault that tells of every record of the journal. */
function watched(vault: VaultPort, setting: ProcessSetting, die: () => void): VaultPort {
  return {
    failureDomain: vault.failureDomain,
    get: (name) => vault.get(name),
    put: (name, text) => vault.put(name, text),
    list: (prefix) => vault.list(prefix),
    remove: (name) => vault.remove(name),
    ...(vault.whileAbsent === undefined ? {} : { whileAbsent: vault.whileAbsent }),
    putIfAbsent: async (name, text) => {
      if (!isJournal([name])) return vault.putIfAbsent(name, text);
      const record = recordIn(text);
      if (record === null) return vault.putIfAbsent(name, text);
      if (setting.beforeRecord(record) === 'die') {
        die();
        return new Promise(() => {});
      }
      const outcome = await vault.putIfAbsent(name, text);
      const told = outcome === 'stored' ? setting.afterRecord(record) : undefined;
      if (told !== undefined) await told;
      return outcome;
    },
  };
}

/** A storage that can be made to answer wrongly, not about backpedal's own key. */
function lying(storage: StoragePort, mood: AppProcess['storage']): StoragePort {
  return {
    origin: storage.origin,
    failureDomain: storage.failureDomain,
    keys: () => storage.keys(),
    room: () => storage.room(),
    write: (writes, permitted, fence) => storage.write(writes, permitted, fence),
    read: async (keys) => {
      const values = await storage.read(keys);
      const key = keys.find((one) => !one.startsWith(OWN_KEY_PREFIX));
      if (mood.answers === 'truth' || key === undefined) return values;
      return new Map([...values, [key, 'not what is there']]);
    },
  };
}

function operationsOf({ operations }: ProcessSetting): OperationsPort {
  return {
    stop: async () => {
      operations.state = 'stopped';
    },
    resume: async () => {
      operations.state = 'running';
    },
  };
}

/** Identifiers that no two processes share, and one user. */
function identityOf(name: string, failures: unknown[]): { user(): string; createId(): string } {
  let created = 0;
  return {
    user: () => {
      if (failures.length > 0) throw failures.shift();
      return 'somebody';
    },
    createId: () => {
      created += 1;
      return `${name}-${created}`;
    },
  };
}

/** Where a command is held, and whether it has begun and come there. */
interface Hold {
  readonly where: 'atOnce' | 'atPorts';
  readonly gate: Gate;
  hasBegun: boolean;
  isReached: boolean;
}

/** Starts a process. */
export function startProcess(name: string, setting: ProcessSetting): AppProcess {
  const { world, clock } = setting;
  const death = new AbortController();
  const mood: AppProcess['storage'] = { answers: 'truth' };
  const failures: unknown[] = [];
  const answers: (number | null | Promise<number | null>)[] = [];
  let held: Hold | null = null;
  const isAlive = (): boolean => !death.signal.aborted;
  const stopAt = (where: Hold['where']): Promise<void> | null => {
    // What an earlier command still has under way is not held: the next one begins only when it has settled.
    if (held === null || held.where !== where || !held.hasBegun) return null;
    held.isReached = true;
    return held.gate.opened;
  };
  const free = { isAlive, gate: () => null };
  const gated = {
    isAlive,
    gate: (operation: string, args: readonly unknown[]) =>
      isJournal(args) || operation === 'ping' ? null : stopAt('atPorts'),
  };

  const open = world.open(death.signal);
  const receive = (_notification: Notification): void => {};
  const faulty: FaultyPorts = {
    storage: withFaults(lying(open.storage, mood)),
    database: withFaults(open.database),
    vault: withFaults(watched(open.vault, setting, () => death.abort())),
    cache: withFaults(open.cache),
    operations: withFaults(operationsOf(setting)),
    notify: withFaults(receive),
  };
  const usage = async (): Promise<number | null> => {
    if (held !== null) held.hasBegun = true;
    await stopAt('atOnce');
    return answers.shift() ?? null;
  };
  const client = createBackpedal({
    migration: world.migration,
    storage: guardedPort(faulty.storage.port, gated),
    database: guardedPort(faulty.database.port, gated),
    vault: guardedPort(faulty.vault.port, gated),
    cache: guardedPort(faulty.cache.port, gated),
    operations: guardedPort(faulty.operations.port, gated),
    notify: guardedPort(faulty.notify.port, gated),
    lock: guardedPort(open.lock, free),
    memory: guardedPort({ usage }, free),
    clock: guardedPort(clock, free),
    identity: identityOf(name, failures),
    ...(setting.logger === undefined ? {} : { logger: setting.logger }),
  });
  return {
    client,
    faulty,
    death,
    hold: (where) => {
      held = { where, gate: closedGate(), hasBegun: false, isReached: false };
    },
    isHeld: () => held?.isReached ?? false,
    release: () => {
      held?.gate.open();
      held = null;
    },
    detach: () => {
      const open = held?.gate.open;
      held = null;
      return () => open?.();
    },
    answerMemory: (answer) => void answers.push(answer),
    failIdentity: (error) => void failures.push(error),
    storage: mood,
  };
}

/** A fault that hits the next call of an operation, once. */
export const nextCall = (
  operation: string,
  behaviour: Fault['behaviour'],
  moment: Fault['moment'] = 'before',
): Fault => ({ operation, behaviour, moment });
