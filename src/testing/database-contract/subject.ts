import type { DatabasePort, Row } from '../../ports/database.ts';
import type { Disposable } from '../contract-subject.ts';
import type { MemorySchema } from '../memory-database/schema.ts';

/**
 * The tables that every adapter is tested on, under these names. `environments`, `tasks` and `labels` are the
 * collections; the others lie outside the migration and hang on tasks. Types of the columns: `position` and
 * `labels.group` are integers, `weight` is a real number, `done` a boolean, `settings` JSON, `picture` bytes (left out
 * where an adapter declares none), all else text. Columns that are neither ids nor `required` may be null.
 */
export const databaseContractSchema: Pick<MemorySchema, 'tables' | 'others'> = {
  tables: {
    tasks: {
      columns: ['id', 'owner', 'title', 'position', 'weight', 'done', 'settings', 'picture', 'environmentId'],
      idColumns: ['id'],
      required: ['title'],
      references: [{ columns: ['environmentId'], table: 'environments', onDelete: 'setNull' }],
    },
    environments: { columns: ['id', 'owner', 'name', 'settings'], idColumns: ['id'], required: ['name'] },
    labels: { columns: ['group', 'name', 'owner', 'color'], idColumns: ['group', 'name'] },
  },
  others: {
    comments: {
      columns: ['id', 'taskId', 'text'],
      idColumns: ['id'],
      references: [{ columns: ['taskId'], table: 'tasks', onDelete: 'cascade' }],
    },
    reminders: {
      columns: ['id', 'taskId', 'text'],
      idColumns: ['id'],
      references: [{ columns: ['taskId'], table: 'tasks', onDelete: 'setNull' }],
    },
    invoices: {
      columns: ['id', 'taskId', 'text'],
      idColumns: ['id'],
      references: [{ columns: ['taskId'], table: 'tasks', onDelete: 'restrict' }],
    },
  },
};

/** Who may be cleared: every row, or the rows whose `owner` is `me`. */
export type ContractScope = 'wholeTable' | 'owner';

/** A fresh database with empty tables, and the app's side of it. */
export interface DatabaseSubject extends Disposable {
  readonly port: DatabasePort;
  /** The rows of a table in any order, with all their columns, in the app's own values. */
  rows(table: string): Promise<readonly Row[]> | readonly Row[];
  insert(table: string, row: Row): Promise<void> | void;
  /** `id` names the row by its id columns. */
  update(table: string, id: Row, changes: Row): Promise<void> | void;
  remove(table: string, id: Row): Promise<void> | void;
  /** Makes the write number `count` from now on fail inside its transaction, once; `null` takes that back. */
  failWrite?(count: number | null): void;
}

/**
 * What not every database can do; what an adapter does not name is reported as skipped.
 * - `foreignKeys`: the database enforces the foreign keys of the schema.
 * - `bytes`: `tasks.picture` holds a Uint8Array.
 * - `faults`: the subject has `failWrite`.
 */
export type DatabaseFeature = 'foreignKeys' | 'bytes' | 'faults';

/** The adapter under test. */
export interface DatabaseContract {
  readonly name: string;
  create(scope: ContractScope): Promise<DatabaseSubject> | DatabaseSubject;
  readonly supports: readonly DatabaseFeature[];
}
