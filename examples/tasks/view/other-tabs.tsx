import { type ReactElement, useEffect, useState } from 'react';
import type { Backpedal, RollbackStatus } from '../../../src/index.ts';
import { migration } from '../data/migration.ts';
import type { News } from '../data/tab-news.ts';

const TEXTS = {
  dataChanged: 'Another tab has moved your data. Reload to see it as it is now.',
  holderGone: 'The tab that moved your data is gone. Reload, and this one finishes it.',
} as const;

/** A run of another tab, live. */
function Elsewhere({ client }: { readonly client: Backpedal }): ReactElement {
  const [status, setStatus] = useState<RollbackStatus | null>(null);
  useEffect(() => client.monitorRollback(migration.id, setStatus), [client]);
  const percent = Math.round(status?.progress ?? 0);
  return (
    <div className="notice" role="status">
      <p>
        Another tab is moving your data{status === null ? '' : `: ${status.currentStep}`} ({percent} %)
      </p>
      <progress max={100} value={percent} aria-label="Progress in the other tab" />
    </div>
  );
}

/** Shows a run of another tab live, and asks for a reload when it has ended: what is shown here is of before. */
export function OtherTabs(props: { readonly client: Backpedal; readonly news: News }): ReactElement | null {
  const { client, news } = props;
  if (news === 'none') return null;
  if (news === 'moving') return <Elsewhere client={client} />;
  return (
    <div className="notice" role="alert">
      <p>{TEXTS[news]}</p>
      <button type="button" className="button primary small" onClick={() => location.reload()}>
        Reload
      </button>
    </div>
  );
}
