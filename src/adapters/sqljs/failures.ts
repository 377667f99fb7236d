import { BackpedalError, DatabaseError } from '../../errors.ts';

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/**
 * Whatever SQLite or sql.js threw (errors, or bare strings for wrong use) as a DatabaseError. The message names what
 * was being done; SQLite's own words stay in the cause, because a trigger may put values into them.
 */
export function asDatabaseError(thrown: unknown, doing: string): BackpedalError {
  if (thrown instanceof BackpedalError) return thrown;
  const message = messageOf(thrown);
  if (message.includes('Database closed') || message.includes('Statement closed')) {
    return new DatabaseError(
      'DATABASE_UNAVAILABLE',
      `The database was closed before ${doing}; open it and try again.`,
      {
        cause: thrown,
        persistence: 'transient',
      },
    );
  }
  if (message.includes('within a transaction') || message.includes('is locked')) {
    return new DatabaseError(
      'DATABASE_UNAVAILABLE',
      `The app has a transaction or a query open, which keeps out ${doing}; finish it and try again.`,
      { cause: thrown, persistence: 'transient' },
    );
  }
  if (/no such (table|column)/.test(message)) {
    return new DatabaseError(
      'DATABASE_SCHEMA',
      `The database lacks a table or column that ${doing} needs; bring its schema up to date.`,
      { cause: thrown },
    );
  }
  return new DatabaseError('DATABASE_FAILED', `SQLite refused ${doing}; nothing was changed. See the cause.`, {
    cause: thrown,
  });
}

/**
 * Why SQLite refused a row, in words without values: the kind of constraint and the columns. `null` when it was not
 * the row's fault (no memory, a damaged file, a closed database).
 */
export function rejectionReason(thrown: unknown): string | null {
  const message = messageOf(thrown);
  const constraint = /^(UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed(?:: (.*))?$/s.exec(message);
  if (constraint !== null) {
    const where = constraint[2];
    return where === undefined ? `${constraint[1]} constraint` : `${constraint[1]} constraint: ${where}`;
  }
  if (message.startsWith('datatype mismatch')) return 'the primary key takes integers only';
  const strict = /^cannot store (\w+) value in (\w+) column (?:.*\.)?(.+)$/.exec(message);
  if (strict !== null) return `column ${strict[3]} takes ${strict[2]}, not ${strict[1]}`;
  if (message.includes('too big')) return 'a value is larger than SQLite takes';
  const notTheRow = /out of memory|malformed|disk|closed|no such|locked|readonly|not a database|syntax error|misuse/i;
  return notTheRow.test(message) ? null : 'refused by a trigger';
}
