export { callerDatabase } from './caller-database.ts';
export type { Caller, DatabaseHandlerOptions } from './handler.ts';
export { createDatabaseHandler } from './handler.ts';
export type { ServerLimits } from './limits.ts';
