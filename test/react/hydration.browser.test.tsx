import { StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server.browser';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Backpedal } from '../../src/index.ts';
import { BackpedalProvider, useAuditTrail, useBackups, useMigration, useRollback } from '../../src/react/index.ts';
import { createTestClient } from '../../src/testing/index.ts';
import { migrated } from '../runtime/kit.ts';
import { acting } from './kit.tsx';

const App = () => {
  const { stage, progress, state, currentStep, canRollback, isPending } = useRollback();
  const { canMigrate } = useMigration();
  const { backups } = useBackups();
  const { entries } = useAuditTrail();
  const text = JSON.stringify({ stage, progress, state, currentStep, canRollback, isPending, canMigrate });
  return (
    <p>
      {text} {backups?.length ?? 'no'} backups, {entries?.length ?? 'no'} entries
    </p>
  );
};

const page = (client: Backpedal, mode?: 'start') => (
  <StrictMode>
    <BackpedalProvider client={client} {...(mode === undefined ? {} : { recovery: mode, fallback: <em>a moment</em> })}>
      <App />
    </BackpedalProvider>
  </StrictMode>
);

/** Takes over what a server has rendered; gives what React had to say against it. */
async function hydrate(html: string, client: Backpedal, mode?: 'start') {
  const host = document.createElement('div');
  host.innerHTML = html;
  document.body.append(host);
  const said: unknown[] = [];
  for (const level of ['error', 'warn'] as const) {
    const spy = vi.spyOn(console, level).mockImplementation((...words) => void said.push(words));
    onTestFinished(() => spy.mockRestore());
  }
  const onRecoverableError = (error: unknown): void => void said.push(error);
  await acting(() => hydrateRoot(host, page(client, mode), { onRecoverableError }));
  return { host, said };
}

it('RE8 the server’s page says that nothing is known, whatever the client has done', async () => {
  const fresh = renderToString(page(createTestClient()));
  const { client } = await migrated();
  expect(client.getSnapshot().stage).toBe('COMPLETED');
  expect(renderToString(page(client))).toBe(fresh);
  expect(renderToString(page(createTestClient({ state: 'restoringStorage', progress: 60 })))).toBe(fresh);
  expect(fresh).toContain('PREPARING');
});

it('RE8 a server starts no recovery, and shows the fallback', () => {
  const client = createTestClient();
  expect(renderToString(page(client, 'start'))).toBe('<em>a moment</em>');
  expect(client.calls).toEqual([]);
});

it.each([
  ['in mid-run', createTestClient({ state: 'restoringStorage', progress: 60 })],
  ['that waits for a person', createTestClient({ state: 'deciding' })],
  ['in safe mode', createTestClient({ state: 'safeMode' })],
])('RE8 a client %s is taken over without a warning, and shown at once', async (_, client) => {
  const { host, said } = await hydrate(renderToString(page(createTestClient())), client);
  expect(said).toEqual([]);
  expect(host.textContent).toContain(`"state":"${client.getSnapshot().state}"`);
});

it('RE8 a client that has migrated, and has been checked, is taken over without a warning', async () => {
  const { on, client } = await migrated();
  const html = renderToString(page(client));
  const elsewhere = await hydrate(html, client);
  await acting(() => on.clock.advance(0));
  const { host, said } = await hydrate(html, client);
  expect([...elsewhere.said, ...said]).toEqual([]);
  expect(host.textContent).toContain('"stage":"COMPLETED"');
  expect(host.textContent).toContain('1 backups, 1 entries');
});

it('RE8 a recovery that was done before the page was taken over gives no warning', async () => {
  const client = createTestClient({ state: 'rolledBack' });
  const html = renderToString(page(client, 'start'));
  const first = await hydrate(html, client, 'start');
  const second = await hydrate(html, client, 'start');
  expect([...first.said, ...second.said]).toEqual([]);
  expect(second.host.textContent).toContain('"state":"rolledBack"');
  expect(client.calls.filter(({ method }) => method === 'recover')).toHaveLength(1);
});
