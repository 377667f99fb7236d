import { DatabaseError } from '../../errors.ts';
import type { Row, RowKey } from '../../ports/database.ts';
import { completeRow } from './copy.ts';
import { dependentsOf, detached, refusal } from './foreign-keys.ts';
import { type MemoryStore, rowsOf, tableOf, transact } from './store.ts';
import type { MemoryTables } from './types.ts';
import { byCodeUnits, cloneRow, keyOf } from './values.ts';

/** The app's own way to the tables: no fence, foreign keys enforced. */
export function appSide(store: MemoryStore): MemoryTables {
  return {
    rows: (table) => [...rowsOf(store, table)].sort(([a], [b]) => byCodeUnits(a, b)).map(([, row]) => cloneRow(row)),

    insert: (table, row) => {
      const key = acceptedKey(store, table, row);
      if (rowsOf(store, table).has(key)) throw refused(table, 'a row with this id is there already');
      transact(store, (transaction) => transaction.set(rowsOf(store, table), key, completeRow(store, table, row)));
    },

    update: (table, id, changes) => {
      const key = existingKey(store, table, id);
      const row = completeRow(store, table, { ...rowsOf(store, table).get(key), ...changes });
      if (acceptedKey(store, table, row) !== key) throw refused(table, 'an update may not change the id');
      transact(store, (transaction) => transaction.set(rowsOf(store, table), key, row));
    },

    remove: (table, id) => {
      const key = existingKey(store, table, id);
      const dependents = dependentsOf(store, new Map([[table, new Map([[key, table]])]]));
      const forbidding = dependents.find(({ effect }) => effect === 'forbids');
      if (forbidding !== undefined) {
        throw new DatabaseError('DATABASE_RESTRICTED', `Rows of ${forbidding.table} refer to this row of ${table}.`);
      }
      transact(store, (transaction) => {
        transaction.delete(rowsOf(store, table), key);
        for (const { table: other, key: hanging, row, effect, columns } of dependents) {
          if (effect === 'moved') transaction.delete(rowsOf(store, other), hanging);
          else transaction.set(rowsOf(store, other), hanging, detached(row, columns));
        }
      });
    },
  };
}

function acceptedKey(store: MemoryStore, table: string, row: Row): RowKey {
  const reason = refusal(store, table, row);
  const key = keyOf(row, tableOf(store, table).idColumns);
  if (reason !== null || key === null) throw refused(table, reason ?? 'it has no id');
  return key;
}

function existingKey(store: MemoryStore, table: string, id: Row): RowKey {
  const key = keyOf(id, tableOf(store, table).idColumns);
  if (key === null || !rowsOf(store, table).has(key)) throw refused(table, 'there is no row with this id');
  return key;
}

function refused(table: string, reason: string): DatabaseError {
  return new DatabaseError('DATABASE_FAILED', `Table ${table} refused a row: ${reason}.`, { details: { table } });
}
