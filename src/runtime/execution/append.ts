import { JournalError } from '../../errors.ts';
import { RETRIES } from '../../machines/chart.ts';
import type { ClockPort } from '../../ports/clock.ts';
import type { RecordDraft } from '../journal.ts';
import { pauseBefore } from './command-runner.ts';
import { within } from './deadline.ts';
import type { Ledger } from './ledger.ts';

/** Appends a record; a vault that fails for a moment is asked again, which is safe: the same text is the same record. */
export async function appendPatiently(clock: ClockPort, ledger: Ledger, draft: RecordDraft): Promise<void> {
  const before = ledger.last();
  for (let attempt = 0; ; attempt++) {
    try {
      await pauseBefore(attempt, clock);
      // An attempt that was given up has come through after all.
      if (ledger.last() !== before) return;
      await within(clock, 'The journal', ledger.append(draft));
      return;
    } catch (error) {
      if (error instanceof JournalError || attempt >= RETRIES) throw error;
    }
  }
}
