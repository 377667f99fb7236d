import type { ReactElement } from 'react';
import type { AuditEntry } from '../index.ts';
import type { Fault } from '../react/index.ts';
import type { Tone } from './messages.ts';
import { Badge } from './parts/icon.tsx';
import { LongList } from './parts/long-list.tsx';
import { FaultNotice } from './parts/notice.tsx';
import { Section } from './parts/section.tsx';
import { useUi } from './ui-provider.tsx';

const TONES: Readonly<Record<AuditEntry['result'], Tone>> = { SUCCESS: 'good', PARTIAL: 'warning', FAILED: 'critical' };

function Entry({ entry }: { readonly entry: AuditEntry }): ReactElement {
  const { messages, formats } = useUi();
  const { type, timestamp, result, performedBy, reason, detail } = entry;
  return (
    <li data-tone={TONES[result]}>
      <strong>{messages.auditType(type, formats)}</strong>{' '}
      <Badge tone={TONES[result]}>{messages.auditResult(result, formats)}</Badge>
      <p>
        <bdi>{messages.auditReason(reason, formats)}</bdi>
        {detail && (
          <>
            : <bdi>{detail}</bdi>
          </>
        )}
      </p>
      <small>
        <time dateTime={timestamp}>{formats.date(timestamp)}</time> ·{' '}
        <bdi>{messages.auditBy(performedBy, formats)}</bdi>
      </small>
    </li>
  );
}

/** What has been done to the data and by whom, the latest first. */
export function AuditTimelineView({
  entries,
  fault,
}: {
  /** Oldest first, as the client gives them; `undefined` until they have been read. */
  readonly entries: readonly AuditEntry[] | undefined;
  readonly fault?: Fault | undefined;
}): ReactElement {
  const { messages } = useUi();
  return (
    <Section name="audit" title={messages.audit}>
      {entries === undefined && fault === undefined && <p role="status">{messages.working}</p>}
      {entries?.length === 0 && <p>{messages.noAudit}</p>}
      <LongList items={entries?.toReversed() ?? []} name="timeline">
        {(entry) => <Entry key={entry.hash} entry={entry} />}
      </LongList>
      <FaultNotice fault={fault} />
    </Section>
  );
}
