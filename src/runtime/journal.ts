import { JournalError, VaultError } from '../errors.ts';
import type { VaultPort } from '../ports/vault.ts';
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
  /** How many records there are. */
  length(): Promise<number>;
  /**
   * Appends behind `last` and resolves when the record is durable.
   * @throws JournalError `JOURNAL_CONFLICT` when somebody else has appended there
   */
  append(last: JournalRecord | null, draft: RecordDraft): Promise<JournalRecord>;
}

const nameOf = (folder: string, seq: number): string => `${folder}/${String(seq).padStart(12, '0')}`;

/** A damaged file of the vault is an unreadable journal; a vault that does not answer is another matter. */
function unreadable(cause: unknown): never {
  if (!(cause instanceof VaultError && cause.code === 'VAULT_DAMAGED')) throw cause;
  throw new JournalError('JOURNAL_UNREADABLE', 'A record of the journal is damaged.', { cause });
}

/** The journal of a migration in its vault. */
export function createJournal(vault: VaultPort, migration: string): Journal {
  const folder = `${migration}/journal`;
  /** Records that were verified or written here before; nothing that is appended ever changes. */
  let known: readonly JournalRecord[] = [];

  async function read(): Promise<readonly JournalRecord[]> {
    const names = await vault.list(`${folder}/`);
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
      if (record.seq !== seq || record.previous !== (records.at(-1)?.hash ?? BEGINNING)) {
        throw new JournalError(
          'JOURNAL_UNREADABLE',
          `The journal is broken at record ${seq}: it does not follow the one before.`,
        );
      }
      records.push(record);
    }
    known = records;
    return records;
  }

  async function append(last: JournalRecord | null, draft: RecordDraft): Promise<JournalRecord> {
    const seq = last === null ? 0 : last.seq + 1;
    const body: RecordBody = { version: RECORD_VERSION, seq, ...draft, previous: last?.hash ?? BEGINNING };
    const { text, record } = await writeRecord(body);
    const name = nameOf(folder, seq);
    if ((await vault.putIfAbsent(name, text)) === 'exists' && (await vault.get(name)) !== text) {
      throw new JournalError('JOURNAL_CONFLICT', 'Somebody else has continued this run; it goes on there.');
    }
    if (known.length === seq) known = [...known, record];
    return record;
  }

  return { read, append, length: async () => (await vault.list(`${folder}/`)).length };
}
