/** What the users have, written in ways in which no program would write it: every byte of it has to come back. */
import { defineMigration, type Migration } from '../../../src/index.ts';

/** A storage as key and value. */
export type Entries = Readonly<Record<string, string>>;

/** The migration that is killed. */
export const migration: Migration = defineMigration({
  id: 'killed',
  collections: {
    environments: { storageKey: 'environments' },
    tasks: { storageKey: 'task-store', path: 'state.tasks' },
    notes: { storageKey: 'note-*' },
  },
  formData: ['draft:*', 'settings'],
  onDrift: 'ask',
});

const numbered = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

interface TaskText {
  readonly id: string;
  readonly title: string;
}

const TASKS: readonly TaskText[] = numbered(14, (i) => ({
  id: `t${i}`,
  title: `Task ${i} \\u0026 🙂 ${'x'.repeat(200)}`,
}));

const taskText = ({ id, title }: TaskText, index: number): string =>
  `{"id":"${id}", "title" : "${title}","done":${index % 3 === 0},"environmentId":"e${index % 3}","weight":1.0,"path":"a\\/b"}`;

const taskStore = (items: readonly string[]): string =>
  `{"state":{"tasks":[${items.join(' ,\n')}],"filter":1.0, "seen":null},"version":3}`;

const environmentStore = (name: string): string =>
  `{ "e0" : {"name":"Null","n":1e2} , "e1":{"name":"${name}"},\t"e2":{ "name":"Zwei \\u00fc","torn":"\\ud83d" } }`;

const note = (id: number, text: string): string => `{ "id": "${id}", "text": "${text}" , "n":-0}`;

/** Storage before the migration: the keys that it concerns. */
const OWNED: Entries = {
  'task-store': taskStore(TASKS.map(taskText)),
  environments: environmentStore('Eins'),
  'note-1': note(1, 'one'),
  'note-2': note(2, 'two'),
  'note-3': note(3, 'thr\\u0065e'),
  'draft:1': 'half a sentence \ud800 \u202eright to left',
  'draft:2': '',
  settings: '{"broken',
};

/** The keys that belong to others, as they are written in the file: not as JSON.stringify would write them. */
export const OTHERS_AS_WRITTEN: readonly string[] = [
  '"length" : "some\\u0062ody else’s"',
  '"session\\ntoken":  "\\u0073ecret \\ud800"',
  '"":"\\/"',
];

/** The same, read. */
export const OTHERS: Entries = JSON.parse(`{${OTHERS_AS_WRITTEN.join(',')}}`) as Entries;

/** Storage before the migration. */
export const ORIGINAL: Entries = { ...OTHERS, ...OWNED };

/** The file of the storage before the migration. */
export const ORIGINAL_FILE = `{\n${[
  ...Object.entries(OWNED).map(([key, value]) => ` ${JSON.stringify(key)} : ${JSON.stringify(value)}`),
  ...OTHERS_AS_WRITTEN,
].join(' ,\n')}\n}\n`;

/** The keys that the migration removes. */
const COLLECTION_KEYS = ['task-store', 'environments', 'note-1', 'note-2', 'note-3'];

/** Storage after the migration. */
export const MIGRATED: Entries = without(ORIGINAL, COLLECTION_KEYS);

/** What the app and an old tab of it write into storage after the migration; `null` removes. */
export const STORAGE_EDITS: Readonly<Record<string, string | null>> = {
  settings: '{"newer":true}',
  'draft:2': null,
  environments: '{"e1":{"name":"of an old tab"}}',
};

/** Storage when a rollback with drift begins. */
export const DRIFTED: Entries = {
  ...without(MIGRATED, ['draft:2']),
  settings: '{"newer":true}',
  environments: '{"e1":{"name":"of an old tab"}}',
};

/** What people do in the database after the migration. */
export const ROW_EDITS: readonly string[] = [
  `INSERT INTO tasks VALUES ('t99', 'added', NULL, 'e2')`,
  `INSERT INTO comments VALUES ('c1', 't1', 'depends on a task')`,
  `UPDATE tasks SET title = 'changed 🙃' WHERE id = 't2'`,
  `DELETE FROM tasks WHERE id = 't3'`,
  `UPDATE environments SET name = 'Uno' WHERE id = 'e1'`,
  `DELETE FROM notes WHERE id = '2'`,
  `UPDATE notes SET text = 'drei' WHERE id = '3'`,
];

const mergedTasks = TASKS.map((task, index) =>
  taskText(task.id === 't2' ? { id: 't2', title: 'changed 🙃' } : task, index),
).filter((text) => !text.startsWith('{"id":"t3"'));

/** Storage after a rollback with those edits merged, as the rules of merging define it (MG1 to MG8). */
export const MERGED: Entries = {
  ...without(ORIGINAL, ['note-2']),
  'task-store': taskStore([...mergedTasks, '{"id":"t99","title":"added","done":null,"environmentId":"e2"}']).replace(
    ' ,\n{"id":"t99"',
    ',{"id":"t99"',
  ),
  environments: environmentStore('Uno'),
  'note-3': note(3, 'drei'),
  settings: '{"newer":true}',
};

/** Rows that were there before the migration, and belong to others. */
export const ROWS_BEFORE: readonly string[] = [
  `INSERT INTO environments VALUES ('before', 'was there before')`,
  `INSERT INTO tasks VALUES ('before', 'was there before', 1, 'before')`,
  `INSERT INTO notes VALUES ('before', NULL)`,
  `INSERT INTO comments VALUES ('before', 'before', 'on a task that was there before')`,
  `INSERT INTO accounts VALUES (1, x'00ff10'), (2, NULL)`,
];

function without(entries: Entries, keys: readonly string[]): Entries {
  return Object.fromEntries(Object.entries(entries).filter(([key]) => !keys.includes(key)));
}
