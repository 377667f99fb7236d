import type { Call } from './numbered-ports.ts';
import type { World } from './world.ts';

/** What a port that lies does instead of what it was asked, and what it says of it. */
export type Lie = (call: Call, perform: () => unknown, world: World) => unknown;

const says =
  (value: unknown): Lie =>
  async () =>
    value;
const altered =
  <T>(alter: (value: T) => unknown): Lie =>
  async (_, perform) =>
    alter((await perform()) as T);

/** Reads back something else: the last character of every value is another one. */
const otherValues = altered((values: Map<string, string | null>) => {
  return new Map([...values].map(([key, value]) => [key, value === null ? null : `${value.slice(0, -1)}~`]));
});

const LIES: Readonly<Record<string, Lie>> = {
  'storage.read': otherValues,
  'storage.keys': altered((keys: string[]) => keys.slice(1)),
  'storage.write': says({ status: 'written' }),
  'storage.room': says({ capacity: 0, used: 0 }),
  'vault.get': async (call, _perform, world) => olderText(world, String(call.arguments[0])),
  'vault.put': says(undefined),
  'vault.putIfAbsent': says('stored'),
  'vault.list': altered((names: string[]) => names.slice(0, -1)),
  'vault.remove': says(undefined),
  'database.lease': says({ status: 'granted', token: 1 }),
  'database.release': says(undefined),
  'database.ledger': says({ token: 0, holder: null, steps: [] }),
  'database.record': says(undefined),
  'database.begin': says(undefined),
  'database.copy': async (call) => ({
    inserted: (call.arguments[1] as { rows: readonly unknown[] }).rows.length,
    rejected: [],
  }),
  'database.compare': altered((found: { equal: number }) => ({ ...found, equal: 0, different: found.equal, keys: [] })),
  'database.digest': altered((digests: { digest: string }[]) => digests.map((one) => ({ ...one, digest: 'another' }))),
  'database.survey': altered((survey: object) => ({
    ...survey,
    drift: { digest: 'none', added: 0, changed: 0, deleted: 0, dependents: 0 },
    entries: [],
  })),
  'database.drifted': says({ rows: [], next: null }),
  'database.movable': says({ rows: [], next: null }),
  'database.clear': async (call) => ({
    status: 'cleared',
    undoes: (call.arguments[1] as { undoes: string }).undoes,
    drift: { digest: 'none', added: 0, changed: 0, deleted: 0, dependents: 0 },
    collections: [],
    dependents: [],
  }),
  'database.undoClear': says(3),
  'database.sweep': says(0),
  'database.remaining': altered((count: number) => (count === 0 ? 1 : 0)),
  'database.archives': says([]),
  'database.archived': says({ rows: [], next: null }),
  'database.dropArchive': says(undefined),
  'cache.invalidate': says(2),
  'cache.count': says(1),
  'lock.acquire': says(null),
  'lock.isHeld': says(true),
  'lock.release': says(undefined),
  'operations.stop': says(undefined),
  'operations.resume': says(undefined),
  'notify.call': says(undefined),
  'memory.usage': says(Number.NaN),
  'seal.sign': says(''),
  'seal.verify': altered((isIt: boolean) => !isIt),
  'clock.sleep': says(undefined),
  'identity.user': () => 'somebody else',
  'identity.createId': () => '../no identifier',
};

/** A text of long ago, of which there is none for what is written once. */
const olderText = (world: World, name: string): string | null => world.olderTexts.get(name) ?? null;

/** How this operation lies; `null` when it has nothing to say. */
export const lieOf = ({ port, operation }: Call): Lie | null => LIES[`${port}.${operation}`] ?? null;
