let count = 0;

/** A name for a database that no other test uses. */
export function unusedName(): string {
  count += 1;
  return `backpedal-test-${performance.timeOrigin}-${count}`;
}

/** Deletes a database, however many connections to it there are. */
export function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}
