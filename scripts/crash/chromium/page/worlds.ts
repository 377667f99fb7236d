import { ORIGINAL, ROW_EDITS, ROWS_BEFORE, STORAGE_EDITS } from '../../node/content.ts';
import { CREATE_TABLES } from '../../node/tables.ts';
import type { WebApp } from './app.ts';

/** What the app does by itself, between runs. */
export type Deed = 'create' | 'work' | 'ballast' | 'logOut';

const BALLAST = { keys: 8, length: 500_000 } as const;

function write(entries: Readonly<Record<string, string | null>>): void {
  for (const [key, value] of Object.entries(entries)) {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  }
}

/** Does what an app does that knows nothing of a migration: it writes into storage and database. */
export async function perform(app: WebApp, deed: Deed): Promise<void> {
  if (deed === 'create') {
    write(ORIGINAL);
    await app.run([...CREATE_TABLES, ...ROWS_BEFORE]);
  } else if (deed === 'work') {
    write(STORAGE_EDITS);
    await app.run(ROW_EDITS);
  } else if (deed === 'ballast') {
    for (let index = 0; index < BALLAST.keys; index += 1)
      localStorage.setItem(`ballast:${index}`, `${index}`.repeat(BALLAST.length));
  } else localStorage.clear();
}
