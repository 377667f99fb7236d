/** A page that says all that lies in this browser for its origin, without the library. */
import type { Dump, Stored } from '../dump.ts';

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** Bytes, wherever they are in a value, as text. */
async function plain(value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array) return { base64: base64(value) };
  if (value instanceof ArrayBuffer) return { base64: base64(new Uint8Array(value)) };
  if (value instanceof Blob) return { base64: base64(new Uint8Array(await value.arrayBuffer())) };
  if (typeof value !== 'object' || value === null) return value;
  const entries = await Promise.all(
    Object.entries(value).map(async ([name, part]) => [name, await plain(part)] as const),
  );
  return Object.fromEntries(entries);
}

async function storeOf(db: IDBDatabase, name: string): Promise<Stored[]> {
  const store = db.transaction(name).objectStore(name);
  const [keys, values] = await Promise.all([
    settled(store.getAllKeys()),
    settled(store.getAll() as IDBRequest<unknown[]>),
  ]);
  return Promise.all(keys.map(async (key, index) => ({ key: String(key), value: await plain(values[index]) })));
}

async function databaseOf(name: string): Promise<Record<string, Stored[]>> {
  const db = await settled(indexedDB.open(name));
  try {
    const stores: Record<string, Stored[]> = {};
    for (const store of db.objectStoreNames) stores[store] = await storeOf(db, store);
    return stores;
  } finally {
    db.close();
  }
}

async function dump(): Promise<Dump> {
  const { prototype } = Storage;
  const count = Reflect.get(prototype, 'length', localStorage) as number;
  const storage: [string, string][] = [];
  for (let index = 0; index < count; index += 1) {
    const key = prototype.key.call(localStorage, index) ?? '';
    storage.push([key, prototype.getItem.call(localStorage, key) ?? '']);
  }
  const databases: Dump['databases'] = {};
  for (const { name } of await indexedDB.databases()) if (name !== undefined) databases[name] = await databaseOf(name);
  return { storage, databases };
}

// As text, since lone surrogates do not survive the way to the test in any other form.
(globalThis as { look?: () => Promise<string> }).look = async () => JSON.stringify(await dump());
