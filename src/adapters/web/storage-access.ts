/** The methods of a storage, none of which a key of the same name can hide (hazard H5). */
export interface StorageAccess {
  keys(): string[];
  get(key: string): string | null;
  /** Sets, or removes for `null`. */
  set(key: string, value: string | null): void;
}

/** A Storage of the browser by its prototype's methods; anything else by its own. */
export function accessTo(storage: Storage): StorageAccess {
  const isNative = typeof Storage === 'function' && storage instanceof Storage;
  const methods: Storage = isNative ? Storage.prototype : storage;
  const count = (): number =>
    isNative ? (Reflect.get(Storage.prototype, 'length', storage) as number) : storage.length;
  return {
    keys() {
      const keys: string[] = [];
      for (let index = 0; index < count(); index += 1) {
        const key = methods.key.call(storage, index);
        if (key !== null) keys.push(key);
      }
      return keys;
    },
    get: (key) => methods.getItem.call(storage, key),
    set(key, value) {
      if (value === null) methods.removeItem.call(storage, key);
      else methods.setItem.call(storage, key, value);
    },
  };
}
