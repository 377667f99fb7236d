import { readFile } from 'node:fs/promises';
import { underHash } from './hash.ts';
import type { VaultOnDisk } from './vault.ts';

/** What is judged of an entry of the audit trail. */
export interface AuditOnDisk {
  readonly type: string;
  readonly runId: string | null;
  readonly result: string;
  readonly outcome?: string;
  readonly previous: string;
  readonly receipt?: { readonly keys: readonly { readonly key: string; readonly after: string | null }[] };
}

/** The audit trail, and where its chain is broken. */
export function readAudit(
  { entries }: VaultOnDisk,
  migration: string,
): { readonly entries: readonly AuditOnDisk[]; readonly faults: readonly string[] } {
  const found: AuditOnDisk[] = [];
  const faults: string[] = [];
  let previous = '0'.repeat(64);
  for (const [name, text] of entries) {
    if (!name.startsWith(`${migration}/audit/`)) continue;
    const body = underHash(text);
    const entry = body === null ? null : (JSON.parse(body) as AuditOnDisk);
    if (entry === null || entry.previous !== previous) faults.push(`the audit trail is broken at ${name}`);
    if (entry !== null) found.push(entry);
    previous = text.slice(0, 64);
  }
  return { entries: found, faults };
}

/** Which notices have been delivered, by their idempotency keys. A line that a kill has cut off was not delivered. */
export async function readNotices(path: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n').slice(0, -1);
  const keys = lines.flatMap((line) => /"idempotencyKey":"([^"]*)"\}$/.exec(line)?.[1] ?? []);
  return new Set(keys);
}
