import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeClaim } from '../../src/adapters/node/claim.ts';
import { fileLock } from '../../src/adapters/node/file-lock.ts';
import { lifeOf, processIdentity } from '../../src/adapters/node/process-identity.ts';
import { changeHolders, endedProcess } from './dead-process.ts';
import { beforeNextLink } from './file-trace.ts';
import { inFolder } from './temporary-folder.ts';

const onLinux = process.platform === 'linux';

describe('fileLock', () => {
  it('LK9 a number that another process has now does not keep a lock alive', () =>
    inFolder(async (folder) => {
      const lock = fileLock({ folder });
      await lock.acquire('a');
      expect(await lock.isHeld('a')).toBe(true);
      // The number is alive (it is this process), but whoever had it began at another time.
      await changeHolders(folder, ([place = '', boot = '', pid = '']) => [place, boot, pid, '1']);
      expect(await lock.isHeld('a')).toBe(!onLinux);
      expect((await lock.acquire('a')) !== null).toBe(onLinux);
    }));

  it('LK9 neither does the time before the machine was started anew', () =>
    inFolder(async (folder) => {
      const lock = fileLock({ folder });
      await lock.acquire('a');
      await changeHolders(folder, ([place = '', , ...rest]) => [place, '00000000', ...rest]);
      expect(await lock.isHeld('a')).toBe(false);
      expect(await lock.acquire('a')).not.toBeNull();
    }));

  it('LK9 a process that ended and was not waited for is dead', async () => {
    // The shell replaces itself by a sleeper that never waits for the child that the shell has started.
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(line.toString());
      await expect.poll(async () => lifeOf(await processIdentity(pid))).toBe('dead');
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('LK10 a lock that another machine left does not count', () =>
    inFolder(async (folder) => {
      const lock = fileLock({ folder });
      await lock.acquire('a');
      await changeHolders(folder, ([, ...rest]) => ['0'.repeat(16), ...rest]);
      expect(await lifeOf(`${'0'.repeat(16)}.-.1.-`)).toBe('elsewhere');
      expect(await lock.isHeld('a')).toBe(false);
      expect(await lock.acquire('a')).not.toBeNull();
    }));

  it('LK11 of many that take over from a dead holder, exactly one gets it', () =>
    inFolder(async (folder) => {
      await fileLock({ folder }).acquire('a');
      await changeHolders(folder, ([place = '', boot = '', _, started = '']) => [
        place,
        boot,
        `${endedProcess()}`,
        started,
      ]);
      const answers = await Promise.all(Array.from({ length: 50 }, () => fileLock({ folder }).acquire('a')));
      const granted = answers.filter((answer) => answer !== null);
      expect(granted.length).toBe(1);
      expect(await readdir(folder)).toHaveLength(1);
      await granted[0]?.release();
      expect(await readdir(folder)).toEqual([]);
    }));

  it('LK12 whoever was slow withdraws when somebody else’s lock stands', () =>
    inFolder(async (folder) => {
      const lock = fileLock({ folder });
      const intrude = async (): Promise<void> => {
        // Another process has taken the lock and holds it under a later number.
        await lock.acquire('a');
        for (const file of await readdir(folder))
          if (file.endsWith('.1')) await rename(join(folder, file), join(folder, file.replace(/1$/, '7')));
      };
      await beforeNextLink(intrude, async () => expect(await lock.acquire('a')).toBeNull());
      const [only = '', ...more] = await readdir(folder);
      expect([only.endsWith('.7'), more]).toEqual([true, []]);
    }));

  it('LK7 a claim that was taken away frees nothing of the next one under the same number', () =>
    inFolder(async (folder) => {
      const request = { folder, name: 'a', elsewhere: 'counts' } as const;
      const first = await takeClaim(request);
      await rm(first?.path ?? '');
      const second = await takeClaim(request);
      expect(second?.path).toBe(first?.path);
      expect([await first?.stands(), await second?.stands()]).toEqual([false, true]);
      expect(await first?.release()).toBe('gone');
      expect(await second?.release()).toBe('released');
    }));

  it('LK7 a holder hears of the loss without asking', () =>
    inFolder(async (folder) => {
      const held = await fileLock({ folder }).acquire('a');
      const lost = once(held?.lost ?? new AbortController().signal, 'abort');
      for (const file of await readdir(folder)) await rm(join(folder, file));
      await lost;
      expect(held?.lost.aborted).toBe(true);
    }));

  it('LK6 a lock file that cannot be read as one is nobody’s', () =>
    inFolder(async (folder) => {
      const lock = fileLock({ folder });
      await lock.acquire('a');
      for (const file of await readdir(folder)) await writeFile(join(folder, file), '');
      expect(await lock.isHeld('a')).toBe(false);
      const held = await lock.acquire('a');
      expect(held).not.toBeNull();
      for (const file of await readdir(folder))
        expect(await readFile(join(folder, file), 'utf8')).toContain(await processIdentity());
    }));

  it('LK1 a folder that cannot be used is said, and is not a lock that is held', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '');
      const lock = fileLock({ folder: join(folder, 'file') });
      await expect(lock.acquire('a')).rejects.toMatchObject({ code: 'LOCK_UNAVAILABLE' });
      await expect(lock.isHeld('a')).rejects.toMatchObject({ code: 'LOCK_UNAVAILABLE' });
    }));
});
