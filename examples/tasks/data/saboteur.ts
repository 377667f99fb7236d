import type { RollbackStatus, StepName } from '../../../src/index.ts';

/** When the tab is to die: while it migrates, or in a step of a rollback. */
export type Moment = 'migrating' | StepName;

/** How it dies: a reload in the middle of an operation that never ends, or a script that never ends. */
export type Manner = 'reload' | 'hang';

/** Breaks what it stands around, as people, browsers and disks do. Only an app that demonstrates this has one. */
export interface Saboteur {
  /** The next operation at this moment is the tab's last. */
  arm(moment: Moment, manner: Manner): void;
  around<Port extends object>(port: Port): Port;
}

/** So that something has been done before the tab dies. */
const OPERATIONS_BEFORE = 1;

const momentOf = ({ activity, step }: RollbackStatus): Moment | null => (activity === 'migration' ? 'migrating' : step);

function die(manner: Manner): Promise<never> {
  location.reload();
  // A script that never ends keeps the page from being reloaded: only closing the tab helps.
  while (manner === 'hang');
  return new Promise(() => {});
}

/** Stands around ports; does nothing until it is armed. */
export function createSaboteur(status: () => RollbackStatus): Saboteur {
  let armed: { readonly moment: Moment; readonly manner: Manner; left: number } | null = null;
  return {
    arm(moment, manner) {
      armed = { moment, manner, left: moment === 'migrating' ? OPERATIONS_BEFORE + 4 : 0 };
    },
    around: (port) =>
      new Proxy(port, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]): unknown => {
            if (armed !== null && armed.moment === momentOf(status()) && armed.left-- <= 0) return die(armed.manner);
            return Reflect.apply(value, target, args);
          };
        },
      }),
  };
}

/** What is put into localStorage to leave no room. */
const FILLER = 'filler:';
const ROOM = 5_242_880;

/** Fills localStorage until hardly anything fits. */
export function fillQuota(): void {
  let size = ROOM;
  for (let index = 0; size > 64; ) {
    try {
      localStorage.setItem(`${FILLER}${index}`, 'x'.repeat(size));
      index += 1;
    } catch {
      size = Math.floor(size / 2);
    }
  }
}

/** Takes the filling out again. */
export function freeQuota(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(FILLER)) localStorage.removeItem(key);
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Changes one character in the middle of every backup, behind the library's back. @returns how many there were */
export async function damageBackups(): Promise<number> {
  const db = await settled(indexedDB.open('backpedal'));
  try {
    const store = db.transaction('entries', 'readwrite').objectStore('entries');
    const names = (await settled(store.getAllKeys())).map(String);
    const backups = names.filter((name) => /\/backups\/.+\/content$/.test(name));
    for (const name of backups) {
      const text = String(await settled(store.get(name) as IDBRequest<unknown>));
      const middle = Math.floor(text.length / 2);
      store.put(`${text.slice(0, middle)}${text[middle] === '~' ? '#' : '~'}${text.slice(middle + 1)}`, name);
    }
    return backups.length;
  } finally {
    db.close();
  }
}

/** Logs out as many apps do it. */
export function logOut(): void {
  localStorage.clear();
  location.reload();
}
