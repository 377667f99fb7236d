import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** Names of files and folders differ from run to run where they hold identities: only what they are is kept. */
const kindOf = (path: string): string => {
  const name = basename(path);
  return /draft-|=[0-9a-f-]{36}$/.test(name) ? 'draft' : name;
};

/** Notes, in their order, what is brought to the disk, and what gets a name, while `work` is done. */
export async function traceFiles(work: () => Promise<void>): Promise<string[]> {
  const trace: string[] = [];
  const paths = new WeakMap<object, string>();
  const restore: (() => void)[] = [];
  const patch = (target: object, name: string, replacement: (original: AnyFunction) => AnyFunction): void => {
    const functions = target as Record<string, AnyFunction>;
    const original = functions[name] as AnyFunction;
    functions[name] = replacement(original);
    restore.push(() => {
      functions[name] = original;
    });
  };
  const named = (target: object, name: string, verb: string): void =>
    patch(
      target,
      name,
      (original) =>
        function (this: unknown, from, to) {
          trace.push(`${verb} ${kindOf(String(from))} ${kindOf(String(to))}`);
          return original.call(this, from, to);
        },
    );
  const handle = await fs.promises.open(process.execPath, 'r');
  const prototype = Object.getPrototypeOf(handle) as object;
  await handle.close();
  patch(fs.promises, 'open', (original) => async (path, ...rest) => {
    const opened = (await original(path, ...rest)) as object;
    paths.set(opened, String(path));
    return opened;
  });
  patch(
    prototype,
    'sync',
    (original) =>
      async function (this: unknown) {
        await original.call(this);
        trace.push(`sync ${kindOf(paths.get(this as object) ?? 'unknown')}`);
      },
  );
  named(fs.promises, 'rename', 'rename');
  named(fs.promises, 'link', 'link');
  named(fs, 'renameSync', 'rename');
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    for (const undo of restore) undo();
    syncBuiltinESMExports();
  }
  return trace;
}

/** Does something right before the next hard link is made. */
export async function beforeNextLink(intrude: () => Promise<void>, work: () => Promise<void>): Promise<void> {
  const original = fs.promises.link;
  fs.promises.link = async (from, to) => {
    fs.promises.link = original;
    syncBuiltinESMExports();
    await intrude();
    await original(from, to);
  };
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    fs.promises.link = original;
    syncBuiltinESMExports();
  }
}
