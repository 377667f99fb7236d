import { BackpedalError } from '../errors.ts';
import { readAudit } from './audit-log.ts';
import { receiptMarkdown } from './receipt-markdown.ts';
import type { Report } from './record-types.ts';
import type { Session } from './session.ts';

/**
 * The receipt of a rollback that has ended, from the audit trail, as data and as Markdown.
 * @throws BackpedalError `RUN_NOT_FOUND`
 */
export async function reportOf(session: Session, run: string): Promise<Report> {
  const receipt = (await readAudit(session.world)).find(
    ({ runId, receipt: found }) => runId === run && found !== undefined,
  )?.receipt;
  if (receipt === undefined) {
    throw new BackpedalError(
      'RUN_NOT_FOUND',
      `There is no receipt of a run ${JSON.stringify(run)}; the audit trail lists the runs.`,
    );
  }
  return { receipt, markdown: receiptMarkdown(receipt) };
}
