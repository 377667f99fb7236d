import { defineMigration } from '../../definition/define-migration.ts';
import type { DriftPolicy, Migration, MigrationDefinition } from '../../definition/types.ts';
import type { Row } from '../../ports/database.ts';
import type { MemorySchema } from '../memory-database/schema.ts';

/** In every value of the users and in nothing else, so that whatever tells a value is found out (invariant I12). */
export const SECRET = '§';

/** How the users' data lies in storage, and what rows become of it. */
export interface Shape {
  readonly name: string;
  readonly collections: MigrationDefinition['collections'];
  readonly entries: readonly (readonly [key: string, value: string])[];
  readonly rows: Readonly<Record<string, readonly Row[]>>;
}

const task = (id: string, title: string): Row => ({ id, title: `${SECRET}${title}`, note: null });
const place = (id: string, name: string): Row => ({ id, name: `${SECRET}${name}` });

const CACHED = { tasks: ['task:*'], environments: ['environment:{id}'] } as const;

/** Worlds of one to four items, and one of six for exhaustive runs. */
export const SHAPES: readonly Shape[] = [
  {
    name: 'paths',
    collections: {
      tasks: { storageKey: 'task-store', path: 'state.tasks', cachePatterns: CACHED.tasks },
      environments: { storageKey: 'env', cachePatterns: CACHED.environments },
    },
    entries: [
      [
        'task-store',
        '{"state":{"tasks":[{"id":"t1","title":"§A"},{"id":"t2","title":"§\\u0026"}],"f":1.0},"version":3}',
      ],
      ['env', '{"e1":{"id":"e1","name":"§one"}}'],
    ],
    rows: { tasks: [task('t1', 'A'), task('t2', '&')], environments: [place('e1', 'one')] },
  },
  {
    name: 'a key per item',
    collections: {
      tasks: { storageKey: 'note-*', cachePatterns: CACHED.tasks },
      environments: { storageKey: 'env', cachePatterns: CACHED.environments },
    },
    entries: [
      ['note-t1', '{"id":"t1","title":"§A"}'],
      ['note-t2', '{"id":"t2", "title":"§B"}'],
      ['env', '[{"id":"e1","name":"§one"}]'],
    ],
    rows: { tasks: [task('t1', 'A'), task('t2', 'B')], environments: [place('e1', 'one')] },
  },
  {
    name: 'one key for both',
    collections: {
      tasks: { storageKey: 'all', path: 'tasks', cachePatterns: CACHED.tasks },
      environments: { storageKey: 'all', path: 'envs', cachePatterns: CACHED.environments },
    },
    entries: [['all', '{"tasks":[{"id":"t1","title":"§A"}], "envs":{"e1":{"name":"§one"}}}']],
    rows: { tasks: [task('t1', 'A')], environments: [place('e1', 'one')] },
  },
  {
    name: 'entities, and text in text',
    collections: {
      tasks: { storageKey: 'entities', path: 'tasks', cachePatterns: CACHED.tasks },
      environments: { storageKey: 'persist', path: 'envs', cachePatterns: CACHED.environments },
    },
    entries: [
      [
        'entities',
        '{"tasks":{"ids":["t1","t2"],"entities":{"t1":{"id":"t1","title":"§A"},"t2":{"id":"t2","title":"§B"}}}}',
      ],
      ['persist', '{"envs":"[{\\"id\\":\\"e1\\",\\"name\\":\\"§one\\"}]"}'],
    ],
    rows: { tasks: [task('t1', 'A'), task('t2', 'B')], environments: [place('e1', 'one')] },
  },
  {
    name: 'one item',
    collections: {
      tasks: { storageKey: 'tasks', cachePatterns: CACHED.tasks },
      environments: { storageKey: 'env', cachePatterns: CACHED.environments },
    },
    entries: [['tasks', '[{"id":"t1","title":"§A"}]']],
    rows: { tasks: [task('t1', 'A')], environments: [] },
  },
];

/** Six items in four keys. */
export const SIX_ITEMS: Shape = {
  name: 'six items',
  collections: {
    tasks: { storageKey: 'task-store', path: 'state.tasks', cachePatterns: CACHED.tasks },
    environments: { storageKey: 'env-*', cachePatterns: CACHED.environments },
  },
  entries: [
    [
      'task-store',
      '{"state":{"tasks":[{"id":"t1","title":"§A"},{"id":"t2","title":"§B"},{"id":"t3","title":"§C"}]},"version":3}',
    ],
    ...['e1', 'e2', 'e3'].map((id) => [`env-${id}`, `{"id":"${id}","name":"§${id}"}`] as const),
  ],
  rows: {
    tasks: [task('t1', 'A'), task('t2', 'B'), task('t3', 'C')],
    environments: ['e1', 'e2', 'e3'].map((id) => place(id, id)),
  },
};

/** Form data: part of the migration, but of no table. */
export const FORM_DATA: readonly (readonly [string, string])[] = [
  ['draft:1', '{"text":"§half a sent'],
  ['settings', '{"theme":"§dark"}'],
];

/** Keys of other people. */
export const FOREIGN: readonly (readonly [string, string])[] = [
  ['length', '§of others'],
  ['session-token', '§token'],
];

/** The tables of every simulated world. */
export const SCHEMA: MemorySchema = {
  tables: {
    tasks: { columns: ['id', 'title', 'note'], idColumns: ['id'] },
    environments: { columns: ['id', 'name'], idColumns: ['id'] },
  },
  scope: 'wholeTable',
};

/** The tables' names. */
export const TABLES: readonly string[] = Object.keys(SCHEMA.tables);

/** How long an operation may take, in milliseconds of active time: short, so that what hangs costs few ticks. */
const TIMEOUT = 20_000;

const made = new Map<string, Migration>();

/** The migration of a shape under these policies; made once. */
export function migrationOf(shape: Shape, source: 'clear' | 'keep', onDrift: DriftPolicy): Migration {
  const name = `${shape.name} ${source} ${onDrift}`;
  const known = made.get(name);
  if (known !== undefined) return known;
  const migration = defineMigration({
    id: 'm',
    collections: shape.collections,
    formData: ['draft:*', 'settings'],
    triggers: { timeout: TIMEOUT },
    source,
    onDrift,
  });
  made.set(name, migration);
  return migration;
}
