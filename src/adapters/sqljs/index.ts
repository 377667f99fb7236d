export type { ImageStore, SaveOutcome, StoredImage } from '../../ports/image-store.ts';
export type { SqlJsDatabaseOptions } from './database.ts';
export { sqlJsDatabase } from './database.ts';
export type { SqlJsImage, SqlJsImageOptions } from './image.ts';
export { openSqlJsImage } from './image.ts';
export type { AnySqlJsDatabase, SqlJsScope } from './tables.ts';
