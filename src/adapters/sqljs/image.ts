import type { SqlEngine } from './engine.ts';
import type { AnySqlJsDatabase } from './tables.ts';
export interface SqlJsImage<_T> {
  readonly db: AnySqlJsDatabase;
  readonly engine: SqlEngine;
}
