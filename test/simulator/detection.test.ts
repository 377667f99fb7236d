import { describe, expect, it } from 'vitest';
import {
  type GenerateOptions,
  type PlayOptions,
  play,
  type Schedule,
  scheduleOf,
  shrink,
  type World,
  withoutWebCrypto,
} from '../../src/testing/index.ts';

const ENOUGH = 300;

/** The first schedule in which something is found, and what; `null` when nothing is. */
async function firstFound(
  generate: GenerateOptions,
  options: PlayOptions = {},
): Promise<{ readonly seed: number; readonly what: string } | null> {
  for (let seed = 1; seed <= ENOUGH; seed++) {
    const { violations } = await play(scheduleOf(seed, generate), options);
    if (violations.length > 0) return { seed, what: violations.join('; ') };
  }
  return null;
}

const found = async (generate: GenerateOptions, options?: PlayOptions): Promise<string> =>
  withoutWebCrypto(async () => (await firstFound(generate, options))?.what ?? `nothing in ${ENOUGH} schedules`);

describe('what lies is found out', () => {
  it('SI7 a vault whose acknowledged writes are not on disk (relaxed IndexedDB)', async () => {
    expect(await found({ world: { vault: 'relaxed' } })).toMatch(/I4|I1/);
  });

  it('SI7 a vault of files that were never synced', async () => {
    expect(await found({ world: { vault: 'withoutFsync' } })).toMatch(/I4|I1/);
  });

  it('SI7 a storage file that was never synced', async () => {
    expect(await found({ world: { storage: 'withoutFsync' } })).toMatch(/I[1579]/);
  });

  it('SI7 a database that accepts whatever token comes', () =>
    withoutWebCrypto(async () => {
      const prepare = ({ database }: World): void => {
        const { open } = database;
        const acceptAnything = (ask: Parameters<typeof open>[0]) =>
          open((operation, args, perform) =>
            ask(operation, args, () => {
              const { leases } = database.store();
              const newest = leases.get('m');
              const { token } = args[0] as { readonly token?: number };
              if (newest !== undefined && token !== undefined) leases.set('m', { ...newest, token });
              return perform();
            }),
          );
        Object.assign(database, { open: acceptAnything });
      };
      const schedule: Schedule = {
        ...scheduleOf(1, { world: { database: 'server', lock: 'present', onDrift: 'discard' } }),
        start: 'migrated',
        ending: 'left',
        acts: [
          { when: { after: 0 }, deed: { do: 'start', wish: 'rollback' } },
          {
            when: { state: 'rollback executing.clearingDatabase', calls: 0 },
            deed: { do: 'freeze', moment: 'before' },
          },
          { when: { after: 0 }, deed: { do: 'start', wish: 'recover' } },
        ],
      };
      expect((await play(schedule)).violations).toEqual([]);
      expect((await play(schedule, { prepare })).violations.join()).toMatch(/I3/);
    }));

  it('SI7 a storage that writes a key and says that it wrote all', async () => {
    const prepare = (world: World): void => {
      const { burst } = world;
      Object.assign(world, {
        burst: (writes: Parameters<typeof burst>[0], permitted: () => boolean, run: string | null) =>
          burst(writes.slice(-2), permitted, run),
      });
    };
    expect(await found({}, { prepare })).toMatch(/I[15]/);
  });

  it('SI7 a vault that reads displaced values back and never brings them to the disk', () =>
    withoutWebCrypto(async () => {
      const prepare = ({ vault }: World): void => {
        const { put, get } = vault;
        const remembered = new Map<string, string>();
        Object.assign(vault, {
          put: async (name: string, text: string) =>
            name.includes('/displaced/') ? void remembered.set(name, text) : put(name, text),
          get: async (name: string) => remembered.get(name) ?? get(name),
        });
      };
      const schedule: Schedule = {
        ...scheduleOf(1, { world: { storage: 'file', onDrift: 'discard', source: 'clear' } }),
        start: 'migrated',
        ending: 'left',
        acts: [
          { when: { after: 0 }, deed: { do: 'write', key: 0, value: 0 } },
          { when: { after: 0 }, deed: { do: 'start', wish: 'rollback', onDrift: 'discard' } },
        ],
      };
      expect((await play(schedule)).violations).toEqual([]);
      expect((await play(schedule, { prepare })).violations.join()).toMatch(/I9/);
    }));

  it(
    'SI8 a violation is shrunk to a schedule with fewer acts that breaks the same rule',
    () =>
      withoutWebCrypto(async () => {
        const generate: GenerateOptions = { world: { vault: 'relaxed' } };
        const first = await firstFound(generate);
        const schedule = scheduleOf(first?.seed ?? 0, generate);
        const { schedule: small, report } = await shrink(schedule);
        expect(small.acts.length).toBeLessThanOrEqual(schedule.acts.length);
        expect(report.violations.join()).toMatch(/I4|I1/);
        expect(report.story.length).toBeGreaterThan(0);
      }),
    600_000,
  );
});
