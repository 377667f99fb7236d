import type { Journal, RecordDraft } from '../journal.ts';
import type { JournalRecord } from '../journal-record.ts';

/** The end of the journal as one writer knows it; an inner run writes behind the outer one's records. */
export interface Ledger {
  readonly last: () => JournalRecord | null;
  readonly append: (draft: RecordDraft) => Promise<JournalRecord>;
}

/** A writer that goes on behind `last`. */
export function createLedger(journal: Journal, last: JournalRecord | null): Ledger {
  let end = last;
  return {
    last: () => end,
    append: async (draft) => {
      const record = await journal.append(end, draft);
      // An attempt that was given up and comes through late must not set the end back.
      if (end === null || record.seq > end.seq) end = record;
      return record;
    },
  };
}
