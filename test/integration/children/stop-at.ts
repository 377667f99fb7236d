import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** How long a process stands still: until it is killed, or until something is said to it. */
export type StopMode = 'untilKilled' | 'untilTold';

/** Says so on stdout and stands still. */
function standStill(mode: StopMode): void {
  fs.writeSync(1, 'reached\n');
  if (mode === 'untilTold') {
    fs.readSync(0, new Uint8Array(1));
    return;
  }
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Makes this process stand still right before its n-th change to the file system, counted from 1; a text that is
 * appended to a file counts twice, since it can be cut off in the middle. Patches Node from outside, so that what is
 * tested knows nothing of it.
 */
export async function stopAt(step: number, mode: StopMode = 'untilKilled'): Promise<void> {
  let count = 0;
  const reach = (): void => {
    if (++count === step) standStill(mode);
  };
  const patch = (target: object, names: readonly string[]): void => {
    const functions = target as Record<string, AnyFunction>;
    for (const name of names) {
      const original = functions[name];
      if (original === undefined) throw new Error(`There is no ${name} to be patched.`);
      functions[name] = function (this: unknown, ...args) {
        reach();
        return original.apply(this, args);
      };
    }
  };
  const handle = await fs.promises.open(process.execPath, 'r');
  const prototype = Object.getPrototypeOf(handle) as Record<string, AnyFunction>;
  await handle.close();
  const append = prototype.appendFile as AnyFunction;
  patch(prototype, ['sync', 'chmod']);
  prototype.appendFile = async function (this: unknown, text) {
    const half = Math.ceil(String(text).length / 2);
    reach();
    await append.call(this, String(text).slice(0, half), 'utf8');
    reach();
    await append.call(this, String(text).slice(half), 'utf8');
  };
  patch(fs.promises, ['open', 'writeFile', 'rename', 'link', 'unlink', 'mkdir']);
  patch(fs, ['renameSync']);
  syncBuiltinESMExports();
}
