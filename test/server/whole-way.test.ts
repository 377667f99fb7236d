import { afterEach, describe, expect, it } from 'vitest';
import { type Backpedal, createBackpedal } from '../../src/index.ts';
import { remoteDatabase } from '../../src/remote/index.ts';
import {
  type MemoryStorage,
  manualClock,
  memoryStorage,
  memoryVault,
  seededIdentity,
} from '../../src/testing/index.ts';
import { noPause } from './direct-fetch.ts';
import { type HttpServer, serve } from './http-server.ts';
import { ownRowsMigration } from './own-rows-migration.ts';
import { MIGRATION, type Person, type TwoTenants, twoTenants } from './two-tenants.ts';

const storeOf = (person: Person): string =>
  `{"state": {"tasks": [{"id": "${person}-1", "title": "one \\u0026 \\ud83d"}, {"title":"zwei","id":"${person}-2"}], "n": 1.0}, "version": 3}`;

/** A lone surrogate cannot lie in a text column; the raw text holds it in the form data. */
const sourceOf = (person: Person): Record<string, string> => ({
  'task-store': storeOf(person).replace('\\ud83d', 'x'),
  'draft:1': '\ud800 half',
  foreign: 'keep',
});

interface Browser {
  readonly client: Backpedal;
  readonly storage: MemoryStorage;
}

function browserOf(person: Person, url: string): Browser {
  const storage = memoryStorage({ entries: Object.entries(sourceOf(person)) });
  const client = createBackpedal({
    migration: ownRowsMigration(MIGRATION, person),
    storage,
    database: remoteDatabase({
      url,
      scope: { name: 'own rows' },
      headers: { authorization: `Session ${person}` },
      clock: noPause,
    }),
    vault: memoryVault(),
    clock: manualClock(),
    identity: seededIdentity(person),
  });
  return { client, storage };
}

const without = (storage: MemoryStorage): Record<string, string> =>
  Object.fromEntries(storage.entries().filter(([key]) => !key.startsWith('backpedal:')));

describe('a browser and a server together', () => {
  let server: HttpServer | null = null;
  afterEach(async () => {
    await server?.close();
    server = null;
  });

  async function scene(): Promise<{ world: TwoTenants; alice: Browser; bob: Browser }> {
    const world = twoTenants();
    server = await serve(world.handler);
    const [alice, bob] = [browserOf('alice', server.url), browserOf('bob', server.url)];
    await Promise.all([alice.client.migrate(), bob.client.migrate()]);
    return { world, alice, bob };
  }

  it('RD7 rows are cleared on the server while storage is restored in the browser, byte for byte', async () => {
    const { world, alice, bob } = await scene();
    expect(world.rows('alice').map(({ id, title }) => [id, title])).toEqual([
      ['alice-1', 'one & x'],
      ['alice-2', 'zwei'],
    ]);
    const bobs = JSON.stringify(await world.ofPerson('bob'));
    const result = await alice.client.rollback({ reason: 'USER_REQUEST' });
    expect([result.outcome, result.finalStatus]).toEqual(['rolledBack', 'SUCCESS']);
    expect(without(alice.storage)).toEqual(sourceOf('alice'));
    expect(world.rows('alice')).toEqual([]);
    expect(JSON.stringify(await world.ofPerson('bob'))).toBe(bobs);
    expect(without(bob.storage)).not.toHaveProperty('task-store');
  });

  it('RD7 what both have changed meanwhile is merged for each, while both roll back at once', async () => {
    const { world, alice, bob } = await scene();
    world.change("UPDATE tasks SET title = 'edited' WHERE id = 'alice-2'");
    world.change("INSERT INTO tasks VALUES ('alice-3', 'alice', 'added', NULL)");
    world.change("DELETE FROM tasks WHERE id = 'bob-1'");
    const results = await Promise.all(
      [alice, bob].map(({ client }) => client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' })),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['rolledBack', 'rolledBack']);
    const tasksOf = ({ storage }: Browser): unknown => JSON.parse(storage.getItem('task-store') ?? '').state.tasks;
    expect(tasksOf(alice)).toEqual([
      { id: 'alice-1', title: 'one & x' },
      { title: 'edited', id: 'alice-2' },
      { id: 'alice-3', title: 'added' },
    ]);
    expect(tasksOf(bob)).toEqual([{ title: 'zwei', id: 'bob-2' }]);
    // Bob’s row that was there before the migration is nobody’s run, and stays.
    expect(world.rows('bob').map(({ id }) => id)).toEqual(['before']);
    expect(world.rows('alice')).toEqual([]);
  });
});
