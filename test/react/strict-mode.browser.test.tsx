import { StrictMode } from 'react';
import { expect, it } from 'vitest';
import type { Backpedal } from '../../src/index.ts';
import { BackpedalProvider, useAuditTrail, useBackups, useMigration, useRollback } from '../../src/react/index.ts';
import { closedGate, createTestClient, type Fault, withFaults } from '../../src/testing/index.ts';
import { CONTENT, type Device, device, keysOf, migrated, sorted } from '../runtime/kit.ts';
import { dieAtRecord, processOn } from '../runtime/mortal.ts';
import { acting, type Mounted, mount } from './kit.tsx';

/** How many records a rollback has written before it restores storage. */
const RECORDS_UNTIL_RESTORE = 7;

/** A device on which a process died in the middle of a rollback. */
async function interrupted(): Promise<Device> {
  const { on, client } = await migrated();
  await client.close();
  const death = new AbortController();
  const process = processOn(on, death.signal);
  const dying = on.client('dying', {
    ...process,
    vault: dieAtRecord(process.vault, death, RECORDS_UNTIL_RESTORE, 'after'),
  });
  void dying.rollback({ reason: 'USER_REQUEST' });
  for (let turn = 0; turn < 100 && !death.signal.aborted; turn++) await on.clock.advance(100);
  expect(death.signal.aborted).toBe(true);
  expect(keysOf(on.storage)).not.toEqual(sorted(CONTENT));
  return on;
}

/** A client whose destructive steps are counted: bursts into storage, and clearings of the database. */
function counted(on: Device, plan: readonly Fault[] = []) {
  const storage = withFaults(on.storage);
  const database = withFaults(on.database, plan);
  const client = on.client('b', { storage: storage.port, database: database.port });
  return { client, storage, database };
}

const Status = () => {
  const { stage, migrationState, recovery, actions } = useRollback();
  useMigration();
  return (
    <button type="button" onClick={() => void actions.rollback()}>
      {migrationState} {stage} {recovery}
    </button>
  );
};

const strictly = (client: Backpedal, mode?: 'start'): Promise<Mounted> =>
  mount(
    <StrictMode>
      <BackpedalProvider client={client} {...(mode === undefined ? {} : { recovery: mode })}>
        <Status />
      </BackpedalProvider>
    </StrictMode>,
  );

it('RE6 mounting starts nothing and unmounting stops nothing: no port is asked for anything', async () => {
  const on = device();
  const ports = [withFaults(on.storage), withFaults(on.database), withFaults(on.vault)] as const;
  const [storage, database, vault] = ports;
  const page = await strictly(on.client('a', { storage: storage.port, database: database.port, vault: vault.port }));
  expect(page.text()).toBe('NOT_STARTED PREPARING unknown');
  await page.unmount();
  expect(ports.flatMap(({ calls }) => calls)).toEqual([]);
});

it('RE6 lists are read when they are shown, and nothing else is asked for', async () => {
  const client = createTestClient({ state: 'clearingDatabase' });
  const Lists = (): null => {
    useBackups();
    useAuditTrail();
    return null;
  };
  const page = await mount(
    <StrictMode>
      <BackpedalProvider client={client}>
        <Lists />
      </BackpedalProvider>
    </StrictMode>,
  );
  await page.unmount();
  expect(new Set(client.calls.map(({ method }) => method))).toEqual(new Set(['backups.list', 'audit.list']));
});

it('RE6 under StrictMode a rollback that a button asks for clears and restores once', async () => {
  const { on, client } = await migrated();
  await client.close();
  const { client: next, storage, database } = counted(on);
  await on.until(next.recover());
  const page = await strictly(next);
  const bursts = storage.count('write');
  await acting(async () => {
    page.host.querySelector('button')?.click();
    await on.clock.advance(10_000);
  });
  expect(page.text()).toBe('ROLLED_BACK COMPLETED unknown');
  expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  expect(database.count('clear')).toBe(1);
  expect(storage.count('write') - bursts).toBe(1);
});

it('RE6 under StrictMode a recovery that the provider starts does every destructive step once', async () => {
  const on = await interrupted();
  const { client, storage, database } = counted(on);
  let recoveries = 0;
  const recover = (): ReturnType<Backpedal['recover']> => {
    recoveries += 1;
    return client.recover();
  };
  const watched = { ...client, recover };
  const page = await strictly(watched, 'start');
  await acting(() => on.clock.advance(60_000));
  expect(page.text()).toBe('ROLLED_BACK COMPLETED done');
  expect(recoveries).toBe(1);
  expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  expect(database.count('clear')).toBeLessThanOrEqual(1);
  expect(storage.count('write')).toBe(1);

  await page.unmount();
  await strictly(watched, 'start');
  expect(recoveries).toBe(1);
});

it('RE6 unmounting in the middle of a run stops nothing, and who is mounted later sees how it went', async () => {
  const { on, client } = await migrated();
  await client.close();
  const gate = closedGate();
  const { client: next } = counted(on, [
    { operation: 'clear', moment: 'before', behaviour: { waitsFor: gate.opened } },
  ]);
  const page = await strictly(next);
  await acting(async () => {
    page.host.querySelector('button')?.click();
    await on.clock.advance(100);
  });
  expect(page.text()).toBe('ROLLING_BACK EXECUTING unknown');
  await page.unmount();
  gate.open();
  await on.clock.advance(10_000);
  expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  const again = await strictly(next);
  expect(again.text()).toBe('ROLLED_BACK COMPLETED unknown');
});
