import type { StandardSchemaV1 } from '@standard-schema/spec';
import { defineMigration, type Item, type Migration, type Row } from '../../src/index.ts';
import type { MemoryDatabase } from '../../src/testing/index.ts';
import { memoryDatabase } from '../../src/testing/index.ts';

/** What the app's schema asks of a task. */
const taskSchema: StandardSchemaV1 = {
  '~standard': {
    version: 1,
    vendor: 'sample-app',
    validate: (value) =>
      typeof (value as Item).title === 'string' && (value as Item).title !== ''
        ? { value }
        : { issues: [{ message: 'has no title', path: ['title'] }] },
  },
};

/** The migration of a small app: tasks, projects and notes go into tables; drafts and settings stay form data. */
export const sampleMigration: Migration = defineMigration({
  id: 'tasks',
  collections: {
    tasks: { storageKey: 'task-store', path: 'state.tasks', schema: taskSchema, cachePatterns: ['task:*'] },
    projects: { storageKey: 'projects', cachePatterns: ['project:*'] },
    notes: { storageKey: 'note-*' },
  },
  formData: ['draft:*', 'settings'],
  triggers: { timeout: 60_000 },
});

const task = (id: string, title: string, project: string, done: boolean): Item => ({ id, title, project, done });

const TASKS: readonly Item[] = [
  task('t1', 'Order flour', 'bakery', true),
  task('t2', 'Repair the oven', 'bakery', false),
  task('t3', 'Paint the door', 'house', false),
  task('t4', 'Call the plumber', 'house', false),
  task('t5', 'Plan the trip', 'travel', false),
  task('t6', 'Renew the passport', 'travel', true),
];

/** What lies in the browser's storage before the migration; so many tasks have lost their title. */
export function sampleEntries(broken: number): [string, string][] {
  const tasks = TASKS.map((item, index) => (index < broken ? { ...item, title: '' } : item));
  return [
    ['task-store', JSON.stringify({ state: { tasks, filter: 'all' }, version: 3 })],
    [
      'projects',
      '{ "bakery": {"name":"Bakery \\u0026 shop"}, "house": {"name":"House"}, "travel": {"name":"Travel"} }',
    ],
    ['note-1', '{"id":"1","text":"The key is under the pot"}'],
    ['note-2', '{"id":"2","text":"Half a lemon"}'],
    ['draft:letter', 'Dear neighbours, we are going to '],
    ['settings', '{"theme":"dark","rank":1.0}'],
    ['session-token', 'belongs to somebody else'],
  ];
}

/** The tables of the app, empty. */
export const sampleDatabase = (): MemoryDatabase =>
  memoryDatabase({
    tables: {
      tasks: { columns: ['id', 'title', 'project', 'done'], idColumns: ['id'] },
      projects: { columns: ['id', 'name'], idColumns: ['id'] },
      notes: { columns: ['id', 'text'], idColumns: ['id'] },
    },
    scope: 'wholeTable',
  });

/** What people do in the app after the migration: one row added, one changed, one deleted. */
export function workOn(database: MemoryDatabase): void {
  const added: Row = { id: 't7', title: 'Water the plants', project: 'house', done: false };
  database.insert('tasks', added);
  database.update('tasks', { id: 't2' }, { title: 'Replace the oven' });
  database.remove('notes', { id: '2' });
}
