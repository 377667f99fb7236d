import { type ReactNode, useEffect, useMemo } from 'react';
import type { Backpedal } from '../../src/index.ts';
import { BackpedalProvider, useRollback } from '../../src/react/index.ts';
import { createTestClient } from '../../src/testing/index.ts';
import { RecoveryBanner, RollbackButton, RollbackScreen, UiProvider } from '../../src/ui/index.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Scene, TabScene } from '../sandbox/scene.ts';

/** What the app itself offers: moving the data when it has not been moved, and taking that back when it has. */
function AppItself(): ReactNode {
  const { migrationState, error, isPending, actions } = useRollback();
  const isMoved = migrationState === 'MIGRATED';
  return (
    <div className="app-itself">
      {error === undefined ? null : <p role="alert">{error.message}</p>}
      <p>{isMoved ? 'Your data is in the database.' : 'Your data is in this browser.'}</p>
      <div className="moves">
        <RollbackButton />
        <button type="button" className="plain-button" disabled={isPending} onClick={() => void actions.recover()}>
          Look for unfinished work
        </button>
        <button type="button" className="plain-button" disabled={isPending} onClick={() => void actions.migrate()}>
          Move my data into the database
        </button>
      </div>
    </div>
  );
}

function Components(): ReactNode {
  return (
    <UiProvider support="mailto:support@app.example" headingLevel={4}>
      <RecoveryBanner />
      <RollbackScreen unlock="offered">
        <AppItself />
      </RollbackScreen>
    </UiProvider>
  );
}

/** A tab that runs: the components on its own client. */
function LiveScreen({
  client,
  recovery,
}: {
  readonly client: Backpedal;
  readonly recovery: 'start' | undefined;
}): ReactNode {
  return (
    <BackpedalProvider
      client={client}
      {...(recovery === undefined ? {} : { recovery })}
      fallback={
        <UiProvider headingLevel={4}>
          <RecoveryBanner />
          <p>The app waits until recovery has looked.</p>
        </UiProvider>
      }
    >
      <Components />
    </BackpedalProvider>
  );
}

/** A tab as it was: the components on what its client had said then. */
function PastScreen({ tab, client }: { readonly tab: TabScene; readonly client: Backpedal }): ReactNode {
  const past = useMemo(() => {
    const { report, backups, archive, audit } = client;
    return createTestClient({ methods: { report, backups, archive, audit } });
  }, [client]);
  const { status } = tab;
  useEffect(() => past.show(status), [past, status]);
  return (
    <div inert>
      <BackpedalProvider client={past}>
        <Components />
      </BackpedalProvider>
    </div>
  );
}

/** One tab of the app, now or at an earlier moment. */
export function UserScreen({
  sandbox,
  name,
  scene,
  time,
  generation,
}: {
  readonly sandbox: Sandbox;
  readonly name: string;
  readonly scene: Scene;
  readonly time: 'now' | 'earlier';
  readonly generation: number;
}): ReactNode {
  const tab = scene.tabs[name];
  const { client } = sandbox.tab(name);
  if (tab === undefined) return null;
  const life = { open: '', frozen: ' · frozen', gone: ' · closed' }[tab.life];
  return (
    <section className={`screen ${tab.life}`} aria-label={`Tab ${name}`}>
      <h3>
        Tab {name}
        {life}
      </h3>
      <div className="content">
        {time === 'earlier' ? <PastScreen tab={tab} client={client} /> : null}
        {time === 'now' && tab.life === 'gone' ? (
          <div className="app-itself">
            <p>Nothing is here any more.</p>
            <button type="button" className="plain-button" onClick={() => sandbox.reopen(name)}>
              Open tab {name} again
            </button>
          </div>
        ) : null}
        {time === 'now' && tab.life !== 'gone' ? (
          <LiveScreen key={generation} client={client} recovery={sandbox.wasReopened(name) ? 'start' : undefined} />
        ) : null}
      </div>
      <p className="client-says">
        <b>{tab.status.activity}</b> {tab.status.state} · level {tab.status.escalation}
        {tab.status.errors.map((error) => (
          <span key={error}> · {error.split(':')[0]}</span>
        ))}
      </p>
    </section>
  );
}
