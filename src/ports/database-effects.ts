import type { DatabasePort } from './database.ts';

/** The operations of the database port that change something; all others only read. */
export const DATABASE_EFFECTS: readonly (keyof DatabasePort)[] = [
  'lease',
  'release',
  'record',
  'begin',
  'copy',
  'digest',
  'clear',
  'undoClear',
  'sweep',
  'dropArchive',
];
