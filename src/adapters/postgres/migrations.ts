/** One step of the schema of backpedal's own tables. */
export interface PostgresMigration {
  readonly name: string;
  /** Statements, separated by semicolons; they do nothing where they have been run before. */
  readonly sql: string;
}

const first = (schema: string): string => `
CREATE SCHEMA IF NOT EXISTS "${schema}";
CREATE TABLE IF NOT EXISTS "${schema}".leases (
  scope text NOT NULL, migration text NOT NULL, token bigint NOT NULL, run text, storage text,
  PRIMARY KEY (scope, migration)
);
CREATE TABLE IF NOT EXISTS "${schema}".steps (
  no serial PRIMARY KEY, scope text NOT NULL, migration text NOT NULL, run text NOT NULL, step text NOT NULL,
  outcome text NOT NULL, UNIQUE (scope, run, step)
);
CREATE TABLE IF NOT EXISTS "${schema}".runs (
  no serial PRIMARY KEY, scope text NOT NULL, run text NOT NULL, migration text NOT NULL, cleared_by text,
  dropped boolean NOT NULL DEFAULT false, UNIQUE (scope, run)
);
CREATE TABLE IF NOT EXISTS "${schema}".parts (
  no serial PRIMARY KEY, run integer NOT NULL, table_name text NOT NULL, columns text NOT NULL, rows bigint,
  digest text, UNIQUE (run, table_name)
);
CREATE INDEX IF NOT EXISTS parts_table_name ON "${schema}".parts (table_name);
CREATE TABLE IF NOT EXISTS "${schema}".brought (
  part integer NOT NULL, key text COLLATE "C" NOT NULL, digest bigint NOT NULL, PRIMARY KEY (part, key)
);
CREATE INDEX IF NOT EXISTS brought_key ON "${schema}".brought USING hash (key);
CREATE TABLE IF NOT EXISTS "${schema}".before (
  part integer NOT NULL, key text COLLATE "C" NOT NULL, PRIMARY KEY (part, key)
);
CREATE TABLE IF NOT EXISTS "${schema}".archives (
  no serial PRIMARY KEY, scope text NOT NULL, migration text NOT NULL, run text NOT NULL, collection text NOT NULL,
  table_schema text NOT NULL, table_name text NOT NULL, display text NOT NULL, archive text NOT NULL,
  part text NOT NULL, columns text NOT NULL, undo text NOT NULL
);
CREATE INDEX IF NOT EXISTS archives_run ON "${schema}".archives (scope, migration, run);
CREATE TABLE IF NOT EXISTS "${schema}".drift (
  scope text NOT NULL, run text NOT NULL, table_name text NOT NULL, key text COLLATE "C" NOT NULL, kind text NOT NULL,
  archive integer, place bigint, PRIMARY KEY (scope, run, table_name, key)
);
`;

/**
 * What creates backpedal's own tables, for a team that runs migrations itself; the adapter runs them on first use
 * otherwise. Those of `backpedalTables`, and two indexes of which Drizzle Kit knows nothing.
 * @param schema the schema in which they are to lie
 */
export function postgresMigrations(schema: string = 'backpedal'): readonly PostgresMigration[] {
  return [{ name: '0001_backpedal', sql: first(schema).trim() }];
}
