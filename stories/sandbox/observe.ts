import type { MemoryCache, MemoryDatabase, MemoryStorage, MemoryVault } from '../../src/testing/index.ts';
import { chartGraph } from '../charts/chart-graph.ts';
import { type ChartId, chartOf } from '../charts/charts.ts';
import { pathOf } from '../charts/playing.ts';
import type { KeyScene, Scene, VaultScene } from './scene.ts';

/** What lasts longer than a tab. */
export interface Lasting {
  readonly storage: MemoryStorage;
  readonly database: MemoryDatabase;
  readonly vault: MemoryVault;
  readonly cache: MemoryCache;
}

/** What a record of the journal says, as far as people want to know. */
interface Recorded {
  readonly machine: { readonly id: ChartId };
  readonly event: { readonly type: string };
  readonly snapshot: { readonly value: string | Record<string, string> };
}

function recordText(text: string): string {
  const body = text.slice(text.indexOf('\n') + 1);
  if (!body.startsWith('{')) return 'the end of a journal that was replaced';
  const { machine, event, snapshot } = JSON.parse(body) as Recorded;
  const state = pathOf(snapshot.value);
  const label = chartGraph(chartOf(machine.id).machine).states.find(({ id }) => id === state)?.label ?? state;
  return `${event.type} → ${label}`;
}

function vaultEntry(name: string, text: string): VaultScene {
  if (/\/journal(\.\d+)?\//.test(name)) return { kind: 'record', text: recordText(text) };
  if (name.includes('/backups/')) return { kind: 'backup', text: `${text.length} characters` };
  if (name.includes('/audit/')) return { kind: 'audit', text: `${text.length} characters` };
  return { kind: 'other', text: `${text.length} characters` };
}

function keyScenes({ storage }: Lasting, original: ReadonlyMap<string, string>): Record<string, KeyScene> {
  const disk = new Map(storage.durable());
  return Object.fromEntries(
    storage.entries().map(([key, value]): [string, KeyScene] => {
      const before = original.get(key);
      const against = before === undefined ? 'new' : before === value ? 'same' : 'other';
      return [key, { value, place: disk.get(key) === value ? 'disk' : 'memory', against }];
    }),
  );
}

function tableScenes({ database }: Lasting): Scene['tables'] {
  const { store } = database;
  return Object.fromEntries([...store.rows].map(([table, rows]) => [table, Object.fromEntries(rows)]));
}

function archiveScene({ database }: Lasting): Scene['archive'] {
  return Object.fromEntries(
    [...database.store.archive.values()].map(({ run, table, key }) => [`${run} ${table} ${key}`, `${table} ${key}`]),
  );
}

function leaseText({ database }: Lasting): string {
  const [lease] = [...database.store.leases.values()];
  if (lease === undefined) return 'never taken';
  return lease.holder === null
    ? `free, last token ${lease.token}`
    : `token ${lease.token}, held by ${lease.holder.run}`;
}

const parsed = (
  name: string,
  text: string,
  known: ReadonlyMap<string, VaultScene & { readonly raw: string }>,
): VaultScene => {
  const old = known.get(name);
  return old?.raw === text ? { kind: old.kind, text: old.text } : vaultEntry(name, text);
};

/** Looks at everything there is, apart from tabs and notices. Entries of the vault are read once. */
export function createObserver(
  lasting: Lasting,
  original: ReadonlyMap<string, string>,
): () => Pick<Scene, 'storage' | 'missing' | 'tables' | 'archive' | 'lease' | 'cache' | 'vault'> {
  const known = new Map<string, VaultScene & { readonly raw: string }>();
  return () => {
    const storage = keyScenes(lasting, original);
    const vault: Record<string, VaultScene> = {};
    for (const [name, text] of lasting.vault.disk) {
      const entry = parsed(name, text, known);
      known.set(name, { ...entry, raw: text });
      vault[name] = entry;
    }
    return {
      storage,
      missing: [...original.keys()].filter((key) => storage[key] === undefined),
      tables: tableScenes(lasting),
      archive: archiveScene(lasting),
      lease: leaseText(lasting),
      cache: lasting.cache.keys(),
      vault,
    };
  };
}
