import type { BurstFence } from '../../ports/storage.ts';
import type { Journal, RecordDraft } from '../journal.ts';
import type { JournalRecord } from '../journal-record.ts';

/** The end of the journal as one writer knows it; an inner run writes behind the outer one's records. */
export interface Ledger {
  readonly last: () => JournalRecord | null;
  readonly append: (draft: RecordDraft) => Promise<JournalRecord>;
  /** Lets a burst through only while nobody else can append behind this writer's last record. */
  readonly fence: BurstFence | null;
}

/** A writer that goes on behind `last`. */
export function createLedger(journal: Journal, last: JournalRecord | null): Ledger {
  let end = last;
  let appending: Promise<unknown> = Promise.resolve();

  async function append(draft: RecordDraft): Promise<JournalRecord> {
    const record = await journal.append(end, draft);
    // An attempt that was given up and comes through late must not set the end back.
    if (end === null || record.seq > end.seq) end = record;
    return record;
  }

  const { whileLast } = journal;
  const fence: BurstFence | null =
    whileLast === null
      ? null
      : async (burst) => {
          for (;;) {
            const behind = end;
            if (behind === null) return { status: 'notPermitted' };
            const outcome = await whileLast(behind, burst);
            if (outcome.status === 'absent') return outcome.result;
            // The record that is there may be this writer's own, of which it has not been told yet.
            await appending.catch(() => {});
            if (end === behind) return { status: 'notPermitted' };
          }
        };
  return {
    last: () => end,
    append: (draft) => {
      const record = append(draft);
      appending = record;
      return record;
    },
    fence,
  };
}
