import { VaultError } from '../errors.ts';
import type { AuditEntry } from './record-types.ts';
import { sha256 } from './text-hash.ts';
import type { World } from './world.ts';

const BEGINNING = '0'.repeat(64);

const folderOf = (world: World): string => `${world.migration.id}/audit`;
const nameOf = (world: World, number: number): string => `${folderOf(world)}/${String(number).padStart(12, '0')}`;

/** An entry before it is chained to the ones before it. */
export type AuditDraft = Omit<AuditEntry, 'previous' | 'hash'>;

async function readEntry(world: World, name: string): Promise<AuditEntry> {
  const text = (await world.vault.get(name)) ?? '';
  const json = text.slice(65);
  const hash = text.slice(0, 64);
  if (hash !== (await sha256(json))) throw new VaultError('VAULT_DAMAGED', `The audit entry ${name} is damaged.`);
  return { ...(JSON.parse(json) as Omit<AuditEntry, 'hash'>), hash };
}

/**
 * The audit trail, oldest first, its chain verified.
 * @throws VaultError `VAULT_DAMAGED` when an entry is damaged or missing
 */
export async function readAudit(world: World): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for (const [number, name] of (await world.vault.list(`${folderOf(world)}/`)).entries()) {
    const entry = await readEntry(world, name);
    if (name !== nameOf(world, number) || entry.previous !== (entries.at(-1)?.hash ?? BEGINNING)) {
      throw new VaultError('VAULT_DAMAGED', `The audit trail is broken at entry ${number}.`);
    }
    entries.push(entry);
  }
  return entries;
}

/** What of an entry must be known to append behind it; a damaged one is told by `readAudit` and keeps nobody here. */
interface Known {
  readonly hash: string;
  readonly runId?: unknown;
  readonly type?: unknown;
}

async function glance(world: World, name: string): Promise<Known> {
  const text = (await world.vault.get(name)) ?? '';
  const hash = text.slice(0, 64);
  const json = text.slice(65);
  return (await sha256(json)) === hash ? { ...(JSON.parse(json) as object), hash } : { hash };
}

/** Looks from the newest to the oldest: what is repeated after an interruption is among the last. */
async function isThere(world: World, names: readonly string[], { runId, type }: AuditDraft): Promise<boolean> {
  if (runId === null) return false;
  for (const name of [...names].reverse()) {
    const known = await glance(world, name);
    if (known.runId === runId && known.type === type) return true;
  }
  return false;
}

/**
 * Appends an entry, chained to the one before it, and resolves when it is durable. That of a run whose announcing was
 * interrupted and is repeated is not written twice.
 * @throws VaultError `VAULT_DAMAGED` (transient) when the vault has an entry that it does not list
 */
export async function appendAudit(world: World, draft: AuditDraft): Promise<void> {
  for (let taken = -1; ; ) {
    const names = await world.vault.list(`${folderOf(world)}/`);
    if (await isThere(world, names, draft)) return;
    const last = names.at(-1);
    // Not their number: an entry may have been lost.
    const next = last === undefined ? 0 : Number(last.slice(folderOf(world).length + 1)) + 1;
    if (next <= taken) {
      throw new VaultError('VAULT_DAMAGED', `The vault has entry ${taken} of the audit trail and does not list it.`, {
        persistence: 'transient',
      });
    }
    taken = next;
    const previous = last === undefined ? BEGINNING : (await glance(world, last)).hash;
    const json = JSON.stringify({ ...draft, previous });
    if ((await world.vault.putIfAbsent(nameOf(world, next), `${await sha256(json)}\n${json}`)) === 'stored') return;
  }
}
