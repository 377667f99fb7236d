export type { RemoteDatabaseOptions } from './database.ts';
export { remoteDatabase } from './database.ts';
