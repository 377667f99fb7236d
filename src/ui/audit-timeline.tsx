import type { ReactElement } from 'react';
import { useAuditTrail } from '../react/index.ts';
import { AuditTimelineView } from './audit-timeline-view.tsx';

/** The audit trail of the client. */
export function AuditTimeline(): ReactElement {
  const { entries, error } = useAuditTrail();
  return <AuditTimelineView entries={entries} fault={error} />;
}
