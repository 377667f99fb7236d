import { underHash } from './hash.ts';
import type { VaultOnDisk } from './vault.ts';

/** What is judged of a record. */
export interface RecordOnDisk {
  readonly seq: number;
  readonly run: string;
  readonly parent: string | null;
  readonly machine: { readonly id: string };
  readonly snapshot: { readonly value: unknown; readonly context: { readonly token?: number } };
  readonly commands: readonly string[];
  readonly previous: string;
}

/** A migration or rollback that is not within another run. */
export interface RunOnDisk {
  readonly run: string;
  readonly machine: string;
  /** The state that ended it, or `null` while it is open. */
  readonly end: string | null;
}

/** The journal as it lies in the vault. */
export interface JournalOnDisk {
  readonly records: readonly RecordOnDisk[];
  /** Oldest first. */
  readonly runs: readonly RunOnDisk[];
  /** Gaps, forks and damage (invariant I4). */
  readonly faults: readonly string[];
}

const ENDS = ['migrated', 'rolledBack', 'unchanged', 'safeMode', 'unlocked'];

function runsOf(records: readonly RecordOnDisk[]): readonly RunOnDisk[] {
  const runs = new Map<string, RunOnDisk>();
  for (const { run, parent, machine, snapshot } of records) {
    if (parent !== null || (machine.id !== 'migration' && machine.id !== 'rollback')) continue;
    const end = ENDS.find((each) => each === snapshot.value) ?? null;
    runs.set(run, { run, machine: machine.id, end });
  }
  return [...runs.values()];
}

/** Reads the journal of a migration; the records behind a fault are left out. */
export function readJournal({ entries }: VaultOnDisk, migration: string): JournalOnDisk {
  const records: RecordOnDisk[] = [];
  const faults: string[] = [];
  let previous = '0'.repeat(64);
  let token = 0;
  for (const [name, text] of entries) {
    if (!name.startsWith(`${migration}/journal/`)) continue;
    const seq = records.length;
    const body = underHash(text);
    const record = body === null ? null : (JSON.parse(body) as RecordOnDisk);
    const isNext = name === `${migration}/journal/${String(seq).padStart(12, '0')}` && record?.seq === seq;
    if (record === null || !isNext || record.previous !== previous) {
      faults.push(`I4: the journal is broken at ${name}`);
      break;
    }
    const issued = record.snapshot.context.token ?? 0;
    if (issued > 0 && issued < token) faults.push(`I3: record ${seq} has token ${issued} after token ${token}`);
    token = Math.max(token, issued);
    previous = text.slice(0, 64);
    records.push(record);
  }
  return { records, runs: runsOf(records), faults };
}
