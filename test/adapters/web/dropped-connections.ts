import { vi } from 'vitest';

/** Every connection to IndexedDB that is opened from now on; `drop` closes them behind their users' backs (hazard H9). */
export function watchConnections(): { drop(): void; opened(): number } {
  const open = IDBFactory.prototype.open;
  const connections: IDBDatabase[] = [];
  vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(function (this: IDBFactory, ...args) {
    const request = open.apply(this, args);
    request.addEventListener('success', () => connections.push(request.result));
    return request;
  });
  return {
    drop: () => {
      for (const connection of connections) connection.close();
    },
    opened: () => connections.length,
  };
}
