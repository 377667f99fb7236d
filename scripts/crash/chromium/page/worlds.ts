import { migration, ORIGINAL, OTHERS, ROW_EDITS, ROWS_BEFORE, STORAGE_EDITS } from '../../node/content.ts';
import { CREATE_TABLES } from '../../node/tables.ts';
import type { WebApp } from './app.ts';

/**
 * What the app does by itself, between runs.
 * - `create`, `work`: the world before the migration; what people do after it, in rows and in storage.
 * - `ballast`: megabytes into storage.
 * - `open`: nothing. `look`: its store reads, through the gate. `save`: its store saves what it once read.
 * - `overwrite`: somebody writes newer values into every key, past the gate. `writeLate`: into one of them.
 * - `steal`: takes the local lock away from whoever holds it.
 */
export type Deed = 'create' | 'work' | 'ballast' | 'open' | 'look' | 'save' | 'overwrite' | 'writeLate' | 'steal';

/** What a tab that nobody has told of the migration writes. */
export const LATE: Readonly<Record<string, string>> = { 'task-store': '{"state":{"tasks":[]},"version":3}' };

const BALLAST = { keys: 8, length: 500_000 } as const;

function write(entries: Readonly<Record<string, string | null>>): void {
  for (const [key, value] of Object.entries(entries)) {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  }
}

const ballast = (): void => {
  for (let index = 0; index < BALLAST.keys; index += 1)
    localStorage.setItem(`ballast:${index}`, `${index}`.repeat(BALLAST.length));
};

const newer = (): Record<string, string> =>
  Object.fromEntries(
    Object.keys(ORIGINAL)
      .filter((key) => !(key in OTHERS))
      .map((key) => [key, `written after the run: ${key}`]),
  );

/** Taken at once, and given back at once. */
const steal = (): Promise<void> =>
  navigator.locks.request(`backpedal-lock:backpedal:${migration.id}`, { steal: true }, async () => {});

const deeds: Readonly<Record<Deed, (app: WebApp) => unknown>> = {
  create: async (app) => {
    write(ORIGINAL);
    await app.run([...CREATE_TABLES, ...ROWS_BEFORE]);
  },
  work: async (app) => {
    write(STORAGE_EDITS);
    await app.run(ROW_EDITS);
  },
  ballast,
  open: () => {},
  look: ({ gate }) => gate.storage.getItem('task-store'),
  save: ({ gate }) => gate.storage.setItem('task-store', 'what this tab had read'),
  overwrite: () => write(newer()),
  writeLate: () => write(LATE),
  steal,
};

/** Whether an order is one of these. */
export const isDeed = (action: string): action is Deed => Object.hasOwn(deeds, action);

/** Does what an app does that knows nothing of a migration: it writes into storage and database. */
export async function perform(app: WebApp, deed: Deed): Promise<void> {
  await deeds[deed](app);
}
