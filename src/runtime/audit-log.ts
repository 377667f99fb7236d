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

/** The entry of a run whose announcing was interrupted and is repeated is not written twice. */
const isSame = (entry: AuditEntry, draft: AuditDraft): boolean =>
  entry.runId === draft.runId && entry.type === draft.type && draft.runId !== null;

/** Appends an entry, chained to the one before it, and resolves when it is durable. */
export async function appendAudit(world: World, draft: AuditDraft): Promise<void> {
  for (;;) {
    const names = await world.vault.list(`${folderOf(world)}/`);
    const last = names.at(-1);
    const previous = last === undefined ? null : await readEntry(world, last);
    if (previous !== null && isSame(previous, draft)) return;
    const json = JSON.stringify({ ...draft, previous: previous?.hash ?? BEGINNING });
    const stored = await world.vault.putIfAbsent(nameOf(world, names.length), `${await sha256(json)}\n${json}`);
    if (stored === 'stored') return;
  }
}
