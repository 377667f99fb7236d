import type { Fence, LeaseRequest } from '../../ports/database.ts';
import type { JournalRecord } from '../../runtime/journal-record.ts';
import type { Commit } from './database.ts';
import type { VaultWrite } from './vault.ts';

/** The commands that may be carried out by each effect; an effect without any of them was never announced. */
const ANNOUNCED_BY: Readonly<Record<string, readonly string[]>> = {
  begin: ['copyBatch'],
  copy: ['copyBatch'],
  digest: ['takeDigests'],
  record: ['prepareRestore'],
  clear: ['clearDatabase', 'discardCopy'],
  undoClear: ['undoClear', 'acquireLease'],
  sweep: ['verifyData', 'cleanState'],
  burst: ['clearSource', 'restoreStorage', 'undoRestore', 'restoreSource'],
};
const KNOWN = new Set([
  ...Object.values(ANNOUNCED_BY).flat(),
  ...['inspect', 'ask', 'stopOperations', 'loadBackup', 'standDown', 'recoverBackup', 'requestManualRecovery'],
  ...['resolveClear', 'reclaimLease', 'invalidateCache', 'release', 'lockDown', 'announce'],
  ...['surveySource', 'createBackup', 'verifyCopy', 'closeMigration', 'runRollback'],
]);

/** What the journal has announced, read independently of the library. */
export interface WriteAhead {
  /** A write of the vault; gives the violation, if it is one. */
  wrote(operation: 'put' | 'putIfAbsent' | 'remove', write: VaultWrite): string | null;
  committed(commit: Commit): string | null;
  /** A burst that was written in the name of a run. */
  burst(run: string): string | null;
  /** The last record of each run. */
  readonly last: ReadonlyMap<string, JournalRecord>;
  /** The records were lost or gained by other means than writing: looks at all of them again. */
  reread(disk: ReadonlyMap<string, string>): string | null;
  /** How many records there are. */
  length(): number;
}

const isRecord = (name: string): boolean => name.includes('/journal/');
const parsed = new WeakMap<ReadonlyMap<string, string>, readonly JournalRecord[]>();

const parse = (text: string): JournalRecord =>
  ({ ...(JSON.parse(text.slice(65)) as object), hash: text.slice(0, 64) }) as JournalRecord;

function recordsOf(disk: ReadonlyMap<string, string>): readonly JournalRecord[] {
  const known = parsed.get(disk);
  if (known !== undefined) return known;
  const names = [...disk.keys()].filter(isRecord).sort();
  const records = names.map((name) => parse(disk.get(name) as string));
  parsed.set(disk, records);
  return records;
}

/** I4: no effect without its durable record; sequence numbers without gaps or forks. */
export function createWriteAhead(image: ReadonlyMap<string, string>): WriteAhead {
  const announced = new Map<string, Set<string>>();
  const last = new Map<string, JournalRecord>();
  let length = 0;
  let hash = '0'.repeat(64);

  const add = (record: JournalRecord): string | null => {
    const { seq, run, previous, commands } = record;
    const expected = length;
    length = seq + 1;
    const follows = previous === hash;
    hash = record.hash;
    last.set(run, record);
    const known = announced.get(run) ?? new Set();
    for (const command of commands) known.add(command);
    announced.set(run, known);
    if (seq !== expected) return `I4: record ${seq} follows ${expected - 1}`;
    return follows ? null : `I4: record ${seq} does not follow the one before it`;
  };
  const addAll = (records: readonly JournalRecord[]): string | null => {
    announced.clear();
    last.clear();
    length = 0;
    hash = '0'.repeat(64);
    return records.map(add).find((violation) => violation !== null) ?? null;
  };
  const isAnnounced = (run: string, effect: string): string | null => {
    const allowed = ANNOUNCED_BY[effect];
    if (allowed === undefined) return null;
    const commands = [...(announced.get(run) ?? [])];
    // Debts of an ended run are announced by its last record.
    const owes = (last.get(run)?.snapshot.context.debts as readonly string[] | undefined) ?? [];
    if ([...commands, ...owes].some((command) => allowed.includes(command) || !KNOWN.has(command))) return null;
    return `I4: ${effect} in the name of ${run}, which never announced it`;
  };
  addAll(recordsOf(image));
  return {
    wrote(operation, { name, text }) {
      if (!isRecord(name)) return null;
      if (operation !== 'putIfAbsent' || text === null) return `I4: ${operation} on the journal's ${name}`;
      return add(parse(text));
    },
    committed({ operation, args }) {
      if (operation === 'lease') {
        const { run } = args[0] as LeaseRequest;
        return announced.has(run) ? null : `I4: a lease was taken for ${run}, of which there is no record`;
      }
      return isAnnounced((args[0] as Fence).run, operation);
    },
    burst: (run) => isAnnounced(run, 'burst'),
    last,
    reread: (disk) => addAll(recordsOf(new Map(disk))),
    length: () => length,
  };
}
