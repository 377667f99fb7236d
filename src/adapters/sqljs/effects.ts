import type { Fence } from '../../ports/database.ts';
import {
  AFTER,
  type ArchivePart,
  inArchive,
  type Move,
  type PendingRemoval,
  ROWID,
  registerArchive,
} from './archive-table.ts';
import { type LiveTable, listTables, listTriggers, locatorOf, readTable, sameName } from './catalog.ts';
import { rowSql } from './encoding.ts';
import type { Session } from './engine.ts';
import { execute, firstNumber, quoteName } from './sql.ts';

/** A table of the app's that triggers may change, and the scratch table that lists what they do to it. */
export interface Watch {
  readonly table: LiveTable;
  readonly scratch: string;
}

const runsTriggers = ({ db }: Session, { table, part }: Move): boolean => {
  const event = part === 'detached' ? /\bupdate\b/i : /\bdelete\b/i;
  return listTriggers(db, table.name).some(({ sql }) => event.test(sql));
};

const EVENTS = ['delete', 'update', 'insert'] as const;

const triggerName = (scratch: string, event: string): string => `${scratch}_${event}`;

/** The columns that name a row, as a trigger sees them. */
const locatorAs = (table: LiveTable, version: 'OLD' | 'NEW'): string =>
  locatorOf(table)
    .map((column) => `${version}.${column}`)
    .join(', ');

const scratchLocators = (table: LiveTable): string[] => locatorOf(table).map((_, i) => `backpedal_locator_${i}`);

const columnNames = (table: LiveTable): string => table.columns.map(({ name }) => quoteName(name)).join(', ');

/**
 * Watches all of the app's tables, if triggers of the app are going to run. Temporary triggers note each row as it was
 * before it is changed or deleted for the first time, and each that is written; they see what other triggers do.
 */
export function watchEffects(session: Session, moves: readonly Move[]): Watch[] {
  if (!moves.some((move) => runsTriggers(session, move))) return [];
  const { db } = session;
  return listTables(db).map((name, i): Watch => {
    const table = readTable(db, name);
    const scratch = `backpedal_effects_${i}`;
    const target = `main.${quoteName(table.name)}`;
    const locators = scratchLocators(table);
    const columns = columnNames(table);
    db.run(`CREATE TEMP TABLE ${scratch} (no INTEGER PRIMARY KEY, event, ${[...locators, columns].join(', ')})`);
    const note = (version: 'OLD' | 'NEW', event: string): string => {
      const values = table.columns.map((column) => `${version}.${quoteName(column.name)}`).join(', ');
      return `INSERT INTO ${scratch} (event, ${locators.join(', ')}, ${columns})
        VALUES ('${event}', ${locatorAs(table, version)}, ${values});`;
    };
    const create = (event: string, when: string, body: string): void => {
      db.run(`CREATE TEMP TRIGGER ${triggerName(scratch, event)} ${when} ${event} ON ${target} BEGIN ${body} END`);
    };
    create('delete', 'BEFORE', note('OLD', 'delete'));
    // A row that changes its own key is one that goes and one that comes.
    create('update', 'AFTER', note('OLD', 'update') + note('NEW', 'renewed'));
    create('insert', 'AFTER', note('NEW', 'insert'));
    return { table, scratch };
  });
}

interface Effect {
  readonly part: ArchivePart;
  /** Which of the first notes about a row are meant. */
  readonly condition: string;
}

const matchesLive = ({ table, scratch }: Watch): string =>
  locatorOf(table)
    .map((column, i) => `${quoteName(table.name)}.${column} = ${scratch}.backpedal_locator_${i}`)
    .join(' AND ');

function effectsOf(watch: Watch): Effect[] {
  const { table, scratch } = watch;
  const live = `EXISTS (SELECT 1 FROM main.${quoteName(table.name)} WHERE ${matchesLive(watch)})`;
  const same = table.columns.map(
    ({ name }) => `${quoteName(table.name)}.${quoteName(name)} IS ${scratch}.${quoteName(name)}`,
  );
  const unchanged = `EXISTS (SELECT 1 FROM main.${quoteName(table.name)} WHERE ${[matchesLive(watch), ...same].join(' AND ')})`;
  const wasThere = `event IN ('delete', 'update')`;
  return [
    { part: 'dependents', condition: `${wasThere} AND NOT ${live}` },
    { part: 'altered', condition: `${wasThere} AND ${live} AND NOT ${unchanged}` },
    { part: 'created', condition: `NOT (${wasThere}) AND ${live}` },
  ];
}

function archiveEffect(session: Session, fence: Fence, watch: Watch, collection: string, effect: Effect): void {
  const { db } = session;
  const { table, scratch } = watch;
  const { part } = effect;
  const first = `no IN (SELECT min(no) FROM temp.${scratch} GROUP BY ${scratchLocators(table).join(', ')})`;
  const chosen = `${first} AND ${effect.condition}`;
  if (firstNumber(db, `SELECT count(*) FROM temp.${scratch} WHERE ${chosen}`) === 0) return;
  const archive = quoteName(registerArchive(session, fence, { table, collection, part }, 'copied'));
  const rowid = table.rowid === null ? [] : [`${ROWID} INTEGER PRIMARY KEY`];
  const columns = columnNames(table);
  db.run(`CREATE TABLE ${archive} (${[...rowid, AFTER, columns].join(', ')})`);
  const ids = table.primaryKey.length > 0 || table.rowid === null ? table.primaryKey : [table.rowid];
  const after = rowSql({ ids, recorded: table.columns, later: [] });
  const locator = table.rowid === null ? '' : 'backpedal_locator_0, ';
  execute(
    db,
    `INSERT INTO ${archive} SELECT ${locator}
        (SELECT ${after} FROM main.${quoteName(table.name)} WHERE ${matchesLive(watch)}), ${columns}
      FROM temp.${scratch} WHERE ${chosen}`,
  );
}

/** Archives what triggers changed besides the rows that were moved anyway, and ends the watch. */
export function archiveEffects(
  session: Session,
  fence: Fence,
  watches: readonly Watch[],
  moved: readonly PendingRemoval[],
): void {
  const { db } = session;
  for (const { scratch } of watches) {
    for (const event of EVENTS) db.run(`DROP TRIGGER temp.${triggerName(scratch, event)}`);
  }
  for (const watch of watches) {
    const own = moved.filter(({ move }) => sameName(move.table.name, watch.table.name));
    for (const removal of own) forgetMoved(session, watch, removal);
    const collection = own[0]?.move.collection ?? moved[0]?.move.collection ?? '';
    for (const effect of effectsOf(watch)) archiveEffect(session, fence, watch, collection, effect);
    db.run(`DROP TABLE temp.${watch.scratch}`);
  }
}

// What a move has archived itself needs no second copy; but a row that lost a reference may have lost more.
function forgetMoved({ db }: Session, { table, scratch }: Watch, removal: PendingRemoval): void {
  if (removal.move.part === 'detached') return;
  db.run(`DELETE FROM temp.${scratch} WHERE ${inArchive(removal, scratchLocators(table))}`);
}
