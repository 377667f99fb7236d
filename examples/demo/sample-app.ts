/** The sample app, whose people go on working in the database after the migration. */
import { eq } from 'drizzle-orm';
import type { SQLJsDatabase } from 'drizzle-orm/sql-js';
import type { DemoApp, Edit } from './demo-app.ts';
import { migration } from './migration.ts';
import type { Environment, Message, Task } from './sample/app-content.ts';
import { CREATE_TABLES, environments, tasks } from './schema.ts';

const NOW = Date.UTC(2025, 2, 3, 10);

const NEW_ENVIRONMENT: Environment = {
  id: 'env-013',
  name: 'Vorschau 🌱',
  repository: 'example/app-13',
  variables: { NODE_ENV: 'test' },
  isDefault: false,
  createdAt: NOW,
};

const newTask = (id: string, title: string): Task => ({
  id,
  title,
  status: 'open',
  environmentId: NEW_ENVIRONMENT.id,
  isPinned: true,
  labels: ['p0', 'נוסף אחרי ההעברה'],
  messages: [{ id: `${id}/1`, role: 'user', content: 'Can we "keep" this? 🙏', sentAt: new Date(NOW).toISOString() }],
  createdAt: NOW,
});

const NEW_TASKS: readonly Task[] = [newTask('task-251', 'Added in the database'), newTask('task-252', 'كذلك هذه')];

const reply = (task: string): Message => ({
  id: `${task}/reply`,
  role: 'user',
  content: 'Written after the migration. ✍️',
  sentAt: new Date(NOW).toISOString(),
});

function addRows(db: SQLJsDatabase): Edit[] {
  db.insert(environments).values(NEW_ENVIRONMENT).run();
  for (const task of NEW_TASKS) db.insert(tasks).values(task).run();
  return [
    { collection: 'environments', kind: 'added', id: NEW_ENVIRONMENT.id, item: { ...NEW_ENVIRONMENT } },
    ...NEW_TASKS.map((task): Edit => ({ collection: 'tasks', kind: 'added', id: task.id, item: { ...task } })),
  ];
}

function changeTask(db: SQLJsDatabase, id: string): Edit {
  const [task] = db.select().from(tasks).where(eq(tasks.id, id)).all();
  const properties = { status: 'done', messages: [...(task?.messages ?? []), reply(id)] } as const;
  db.update(tasks).set(properties).where(eq(tasks.id, id)).run();
  return { collection: 'tasks', kind: 'changed', id, properties };
}

function changeEnvironment(db: SQLJsDatabase, id: string): Edit {
  const properties = { name: 'Renamed in the database → ✅' };
  db.update(environments).set(properties).where(eq(environments.id, id)).run();
  return { collection: 'environments', kind: 'changed', id, properties };
}

function deleteTask(db: SQLJsDatabase, id: string): Edit {
  db.delete(tasks).where(eq(tasks.id, id)).run();
  return { collection: 'tasks', kind: 'deleted', id };
}

/** The sample app with its own tables and migration. */
export const sampleApp: DemoApp = {
  migration,
  tables: { tasks, environments },
  createTables: CREATE_TABLES,
  work: (db) => [
    ...addRows(db),
    ...['task-001', 'task-042', 'task-250'].map((id) => changeTask(db, id)),
    changeEnvironment(db, 'env-002'),
    ...['task-003', 'task-100'].map((id) => deleteTask(db, id)),
  ],
};
