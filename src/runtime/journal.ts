import { JournalError, VaultError } from '../errors.ts';
import type { VaultPort, WhileAbsentOutcome } from '../ports/vault.ts';
import { type JournalRecord, RECORD_VERSION, type RecordBody, readRecord, writeRecord } from './journal-record.ts';

/** The hash that the first record names as the one before it. */
const BEGINNING = '0'.repeat(64);

/** What the caller says of a record; number, chain and time of writing are the journal's own. */
export type RecordDraft = Omit<RecordBody, 'version' | 'seq' | 'previous'>;

/**
 * The write-ahead log of one migration and of everything that undoes it. Appending is conditional on the record
 * that the writer knows as the last one, so the journal is log and fence in one (rule JN2).
 */
export interface Journal {
  /**
   * Every record, the chain of hashes verified.
   * @throws JournalError `JOURNAL_UNREADABLE` on a gap, a fork or a flipped bit; `JOURNAL_NEWER`
   */
  read(): Promise<readonly JournalRecord[]>;
  /** How many records there are; `Infinity` once the journal that is known here has been replaced. */
  length(): Promise<number>;
  /**
   * The records of a journal that cannot be read as a whole which are whole each by itself. What they say is evidence
   * of which runs there were, and nothing goes on from it.
   * @throws JournalError `JOURNAL_NEWER`
   */
  salvage(): Promise<readonly JournalRecord[]>;
  /**
   * Begins a new journal in the place of the one that could not be read here, which stays where it is. Whoever still
   * goes on behind its last record learns that he is not the holder, and so does, by his first record, whoever replaces
   * it after somebody else has done so (rule JN11).
   */
  replace(): Promise<void>;
  /**
   * Appends behind `last` and resolves when the record is durable.
   * @throws JournalError `JOURNAL_CONFLICT` when somebody else has appended there
   */
  append(last: JournalRecord | null, draft: RecordDraft): Promise<JournalRecord>;
  /**
   * Runs a synchronous action while nobody can append behind `last`, unless somebody has; `null` where the vault cannot
   * keep others out (hazard H28a).
   */
  readonly whileLast:
    | (<Result>(last: JournalRecord, action: () => Result) => Promise<WhileAbsentOutcome<Result>>)
    | null;
}

/** Journals that replace each other lie side by side; the one with the highest number counts. */
const folderOf = (migration: string, number: number): string =>
  number === 0 ? `${migration}/journal` : `${migration}/journal.${number}`;

const nameOf = (folder: string, seq: number): string => `${folder}/${String(seq).padStart(12, '0')}`;

/** The number of the journal that a vault's name belongs to. */
function numberOf(migration: string, name: string): number {
  const match = /^journal\.(\d{1,9})\//.exec(name.slice(migration.length + 1));
  return match === null ? 0 : Number(match[1]);
}

/** A damaged file of the vault is an unreadable journal; a vault that does not answer is another matter. */
function unreadable(cause: unknown): never {
  if (!(cause instanceof VaultError && cause.code === 'VAULT_DAMAGED')) throw cause;
  throw new JournalError('JOURNAL_UNREADABLE', 'A record of the journal is damaged.', { cause });
}

/** The names of every journal of a migration, and the number of the newest, which is the one that counts. */
async function listJournals(
  vault: VaultPort,
  migration: string,
): Promise<{ readonly newest: number; readonly names: readonly string[] }> {
  const isRecord = (name: string): boolean => /^journal(\.\d{1,9})?\//.test(name.slice(migration.length + 1));
  const names = (await vault.list(`${migration}/journal`)).filter(isRecord);
  return { newest: names.reduce((highest, name) => Math.max(highest, numberOf(migration, name)), 0), names };
}

/** Every record of a journal, those behind the known ones read and verified. */
async function readBehind(
  vault: VaultPort,
  folder: string,
  all: readonly string[],
  known: readonly JournalRecord[],
): Promise<readonly JournalRecord[]> {
  const names = all.filter((name) => name.startsWith(`${folder}/`));
  const first = names.length < known.length ? 0 : known.length;
  const texts = await Promise.all(names.slice(first).map((name) => vault.get(name).catch(unreadable)));
  const records: JournalRecord[] = known.slice(0, first);
  for (const [index, text] of texts.entries()) {
    const seq = first + index;
    const name = names[seq];
    if (name !== nameOf(folder, seq) || text === null || text === undefined) {
      throw new JournalError('JOURNAL_UNREADABLE', `The journal has a gap: record ${seq} is missing.`);
    }
    const record = await readRecord(text, String(seq));
    const isNext = record.seq === seq && record.previous === (records.at(-1)?.hash ?? BEGINNING);
    // Another journal has begun under the same name since: what is known here was removed with all that was stored.
    if (!isNext && index === 0 && first > 0) return readBehind(vault, folder, all, []);
    if (!isNext) {
      throw new JournalError(
        'JOURNAL_UNREADABLE',
        `The journal is broken at record ${seq}: it does not follow the one before.`,
      );
    }
    records.push(record);
  }
  return records;
}

/** The records of the newest journal that are whole each by itself. */
async function salvageRecords(vault: VaultPort, migration: string): Promise<readonly JournalRecord[]> {
  const { newest, names } = await listJournals(vault, migration);
  const records: JournalRecord[] = [];
  for (const name of names.filter((one) => one.startsWith(`${folderOf(migration, newest)}/`))) {
    try {
      const text = await vault.get(name).catch(unreadable);
      if (text !== null) records.push(await readRecord(text, name));
    } catch (error) {
      if (!(error instanceof JournalError) || error.code !== 'JOURNAL_UNREADABLE') throw error;
    }
  }
  return records;
}

/** The journal of a migration in its vault. */
export function createJournal(vault: VaultPort, migration: string): Journal {
  let number = 0;
  /** Records that were verified or written here before; nothing that is appended ever changes. */
  let known: readonly JournalRecord[] = [];
  /** The number of the journal that could not be read; what has replaced it since is not replaced in its stead. */
  let broken: number | null = null;
  /** The number of a journal that is to be begun here. */
  let begun: number | null = null;
  /** Which journal a record lies in: a holder goes on there, whatever else has been read meanwhile. */
  const places = new WeakMap<JournalRecord, number>();

  async function read(): Promise<readonly JournalRecord[]> {
    const { newest, names } = await listJournals(vault, migration);
    if (newest !== number) known = [];
    number = newest;
    try {
      return await readNewest(names);
    } catch (error) {
      if (error instanceof JournalError && error.code === 'JOURNAL_UNREADABLE') broken = newest;
      throw error;
    }
  }

  async function readNewest(all: readonly string[]): Promise<readonly JournalRecord[]> {
    const counted = number;
    const folder = folderOf(migration, counted);
    known = await readBehind(vault, folder, all, known);
    for (const record of known) places.set(record, counted);
    return known;
  }

  async function append(last: JournalRecord | null, draft: RecordDraft): Promise<JournalRecord> {
    const seq = last === null ? 0 : last.seq + 1;
    const body: RecordBody = { version: RECORD_VERSION, seq, ...draft, previous: last?.hash ?? BEGINNING };
    const { text, record } = await writeRecord(body);
    const place = (last === null ? begun : places.get(last)) ?? number;
    begun = null;
    const name = nameOf(folderOf(migration, place), seq);
    if ((await vault.putIfAbsent(name, text)) === 'exists' && (await vault.get(name)) !== text) {
      throw new JournalError('JOURNAL_CONFLICT', 'Somebody else has continued this run; it goes on there.');
    }
    places.set(record, place);
    if (place === number && known.length === seq) known = [...known, record];
    return record;
  }

  async function length(): Promise<number> {
    const { newest, names } = await listJournals(vault, migration);
    const folder = folderOf(migration, number);
    return newest === number ? names.filter((name) => name.startsWith(`${folder}/`)).length : Number.POSITIVE_INFINITY;
  }

  async function replace(): Promise<void> {
    const { names } = await listJournals(vault, migration);
    const replaced = broken ?? number;
    const folder = folderOf(migration, replaced);
    const last = names.filter((name) => name.startsWith(`${folder}/`)).at(-1);
    const next = last === undefined ? 0 : Number(last.slice(folder.length + 1)) + 1;
    // The number that a holder who knows nothing of this would take next.
    await vault.putIfAbsent(nameOf(folder, next), 'This journal could not be read any more and has been replaced.');
    number = replaced + 1;
    begun = number;
    known = [];
    broken = null;
  }

  const whileLast: Journal['whileLast'] =
    vault.whileAbsent === undefined
      ? null
      : (last, action) => {
          const name = nameOf(folderOf(migration, places.get(last) ?? number), last.seq + 1);
          return (vault as Required<VaultPort>).whileAbsent(name, action);
        };

  return { read, append, whileLast, length, salvage: () => salvageRecords(vault, migration), replace };
}
