/** The storage of the sample app as a browser test runner would have saved it. */
import { createEnvironments, createTasks } from './app-content.ts';
import { writeAppStores } from './app-stores.ts';
import { FORM_DATA, KEYS_OF_OTHERS } from './other-keys.ts';
import { seededRandom } from './seeded-random.ts';

const SEED = 20_250_106;

/** Every key of the sample app's localStorage. The same on every run. */
export function sampleEntries(): Map<string, string> {
  const random = seededRandom(SEED);
  const environments = createEnvironments(random, 12);
  const entries = new Map<string, string>(Object.entries(KEYS_OF_OTHERS));
  writeAppStores(entries, { tasks: createTasks(random, 250, environments), environments });
  for (const [key, value] of Object.entries(FORM_DATA)) entries.set(key, value);
  return entries;
}

/** A `storageState` file with one cookie and one origin. */
export function asStorageState(origin: string, entries: ReadonlyMap<string, string>): string {
  const localStorage = [...entries].map(([name, value]) => ({ name, value }));
  const cookie = {
    name: 'session',
    value: 'not-for-you',
    domain: new URL(origin).hostname,
    path: '/',
    expires: -1,
    httpOnly: true,
    secure: true,
    sameSite: 'Lax',
  };
  return `${JSON.stringify({ cookies: [cookie], origins: [{ origin, localStorage }] }, null, 2)}\n`;
}
