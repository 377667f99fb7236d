export type { SqlJsDatabaseOptions } from './database.ts';
export { sqlJsDatabase } from './database.ts';
export type { AnySqlJsDatabase, SqlJsScope } from './tables.ts';
