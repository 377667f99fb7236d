export type { PostgresDatabaseOptions } from './database.ts';
export { postgresDatabase } from './database.ts';
export type { PostgresTimeouts } from './engine.ts';
export type { PostgresMigration } from './migrations.ts';
export { postgresMigrations } from './migrations.ts';
export type { BackpedalTables } from './own-tables.ts';
export { backpedalTables } from './own-tables.ts';
export type { AnyPgDatabase, PostgresScope } from './tables.ts';
