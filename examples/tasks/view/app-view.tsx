import { type ReactElement, useCallback, useState, useSyncExternalStore } from 'react';
import { useRollback } from '../../../src/react/index.ts';
import { RecoveryBanner } from '../../../src/ui/index.ts';
import type { App } from '../data/open-app.ts';
import { DataPanel } from './data-panel.tsx';
import { Header } from './header.tsx';
import { OtherTabs } from './other-tabs.tsx';
import { placeOf, useBook } from './use-book.ts';
import { Workspace } from './workspace.tsx';

const PANEL = 'data-panel';

/** The whole app, once recovery is done. */
export function AppView({ app }: { readonly app: App }): ReactElement {
  const state = useRollback((snapshot) => snapshot.migrationState);
  const isPending = useRollback((snapshot) => snapshot.isPending);
  const [failure, setFailure] = useState<string | null>(null);
  const [panel, setPanel] = useState<'open' | 'closed'>('open');
  const news = useSyncExternalStore(app.tabs.subscribe, app.tabs.getSnapshot);
  const fail = useCallback((error: unknown) => setFailure(error instanceof Error ? error.message : String(error)), []);
  const place = placeOf(state);
  const book = useBook(app, state, fail);
  const isBusy = isPending || place === 'moving' || news !== 'none';
  return (
    <>
      <Header place={place} panel={panel} panelId={PANEL} onPanel={setPanel} />
      <div className="notices">
        <RecoveryBanner onAction={() => setPanel('open')} />
        <OtherTabs client={app.client} news={news} />
        {failure !== null && (
          <div className="notice bad" role="alert">
            <p>{failure}</p>
            <button type="button" className="button small" onClick={() => setFailure(null)}>
              Dismiss
            </button>
          </div>
        )}
      </div>
      <div className={`layout ${panel}`}>
        {book === null ? <main className="workspace" aria-busy="true" /> : <Workspace book={book} isBusy={isBusy} />}
        {panel === 'open' && <DataPanel id={PANEL} app={app} book={book} place={place} />}
      </div>
    </>
  );
}
