import type { ImageStore, SaveOutcome } from '../../../../src/ports/image-store.ts';
/** An image in IndexedDB, until the library has one. */
export function indexedDbImageStore(): ImageStore {
  const open = () =>
    new Promise<IDBDatabase>((res, rej) => {
      const r = indexedDB.open('tmp-image', 1);
      r.onupgradeneeded = () => r.result.createObjectStore('image');
      r.onsuccess = () => res(r.result);
      r.onerror = () => rej(r.error);
    });
  let db: Promise<IDBDatabase> | null = null;
  const get = async (): Promise<{ bytes: Uint8Array; version: string } | null> => {
    db ??= open();
    const d = await db;
    return new Promise((res, rej) => {
      const r = d.transaction('image').objectStore('image').get('x');
      r.onsuccess = () => res(r.result ?? null);
      r.onerror = () => rej(r.error);
    });
  };
  return {
    failureDomain: 'browser',
    version: async () => (await get())?.version ?? null,
    load: get,
    save: async (bytes, base) => {
      db ??= open();
      const d = await db;
      return new Promise((res, rej) => {
        const t = d.transaction('image', 'readwrite', { durability: 'strict' });
        const s = t.objectStore('image');
        let out: SaveOutcome = { status: 'conflict' };
        const r = s.get('x');
        r.onsuccess = () => {
          if ((r.result?.version ?? null) !== base) {
            out = { status: 'conflict' };
            return;
          }
          const version = crypto.randomUUID();
          out = { status: 'saved', version };
          s.put({ bytes, version }, 'x');
        };
        t.oncomplete = () => res(out);
        t.onabort = () => rej(t.error);
      });
    },
  };
}
