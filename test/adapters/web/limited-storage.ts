/** A Storage of a chosen size, in UTF-16 code units with keys, that refuses as browsers do. */
export function limitedStorage(entries: Iterable<readonly [string, string]>, capacity: number): Storage {
  const values = new Map(entries);
  const used = (): number => [...values].reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  return {
    get length() {
      return values.size;
    },
    key: (index) => [...values.keys()][index] ?? null,
    getItem: (key) => values.get(key) ?? null,
    setItem(key, value) {
      const old = values.get(key);
      const grown = used() - (old === undefined ? 0 : key.length + old.length) + key.length + value.length;
      if (grown > capacity) throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
      values.set(key, value);
    },
    removeItem: (key) => void values.delete(key),
    clear: () => values.clear(),
  };
}
