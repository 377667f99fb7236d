import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { systemCode } from './system-error.ts';

/**
 * - `alive`: the process runs, here.
 * - `dead`: it does not: it ended, its number belongs to another process now, or the machine was started anew.
 * - `elsewhere`: another machine or container, which cannot be looked into from here.
 */
export type ProcessLife = 'alive' | 'dead' | 'elsewhere';

const UNKNOWN = '-';
const IDENTITY = /^([0-9a-f]{16})\.([0-9a-f]{8}|-)\.(\d{1,20})\.(\d{1,30}|-)$/;

const shortHash = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

const readIfPossible = async (work: Promise<string>): Promise<string | null> => {
  try {
    return await work;
  } catch (thrown) {
    // Only Linux has /proc, and containers may hide parts of it.
    if (systemCode(thrown) !== '') return null;
    throw thrown;
  }
};

/** Machine and process namespace: a process number means something only within both. */
const currentPlace = async (): Promise<string> => {
  const namespace = await readIfPossible(readlink('/proc/self/ns/pid'));
  return shortHash(`${hostname()}\n${namespace ?? ''}`, 16);
};

const currentBoot = async (): Promise<string> => {
  const id = await readIfPossible(readFile('/proc/sys/kernel/random/boot_id', 'utf8'));
  return id === null ? UNKNOWN : shortHash(id, 8);
};

/** State and start of a process as Linux has them, in fields 3 and 22 (`man 5 proc`); the name before may hold anything. */
const statusOf = async (pid: number): Promise<{ state: string; started: string } | null> => {
  const text = await readIfPossible(readFile(`/proc/${pid}/stat`, 'latin1'));
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields === undefined ? null : { state: fields[0] ?? '', started: fields[19] ?? UNKNOWN };
};

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return systemCode(thrown) !== 'ESRCH';
  }
};

/** Names a process so that no other one is taken for it; made of `[0-9a-f.-]`. Default: this process. */
export async function processIdentity(pid: number = process.pid): Promise<string> {
  const [place, boot, status] = await Promise.all([currentPlace(), currentBoot(), statusOf(pid)]);
  return `${place}.${boot}.${pid}.${status?.started ?? UNKNOWN}`;
}

/** What became of the process that has this identity; `dead` for what is not an identity. */
export async function lifeOf(identity: string): Promise<ProcessLife> {
  const [, place, boot, number, started] = IDENTITY.exec(identity) ?? [];
  if (place === undefined) return 'dead';
  if (place !== (await currentPlace())) return 'elsewhere';
  if (boot !== (await currentBoot())) return 'dead';
  const pid = Number(number);
  if (!exists(pid)) return 'dead';
  const status = await statusOf(pid);
  if (status === null) return 'alive';
  // A process that ended and was not waited for still has its number.
  if (status.state === 'Z' || status.state === 'X') return 'dead';
  return started === UNKNOWN || started === status.started ? 'alive' : 'dead';
}
