import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../../stories/sandbox/sandbox.ts';
import { recorded, stateAt, type TimeLine } from '../../stories/sandbox/time-line.ts';

const scene = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(
    fc.integer(),
    fc.array(fc.integer(), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('x', 'y'), fc.string()),
  ),
);

describe('time-line', () => {
  it('SB6 leads back to every state that was recorded, and forth again', () => {
    fc.assert(
      fc.property(fc.array(scene, { maxLength: 12 }), (scenes) => {
        const states: object[] = [{}];
        let line: TimeLine<Record<string, unknown>> = { moments: [], state: {} };
        for (const next of scenes) {
          const before = line.moments.length;
          line = recorded(line, 'something', 0, structuredClone(next));
          if (line.moments.length > before) states.push(next);
        }
        expect(line.moments).toHaveLength(states.length - 1);
        states.forEach((state, count) => {
          expect(stateAt(line, count)).toEqual(state);
        });
      }),
      { seed: 20260601 },
    );
  });

  it('SB6 keeps nothing of a moment that changed nothing', () => {
    const line = recorded({ moments: [], state: { a: 1 } }, 'nothing', 5, { a: 1 });
    expect(line.moments).toEqual([]);
  });
});

async function migrated(): Promise<Sandbox> {
  const sandbox = createSandbox();
  await sandbox.ask('A', 'migration', (client) => client.migrate());
  sandbox.beginHere();
  return sandbox;
}

const held = (sandbox: Sandbox): Promise<void> =>
  new Promise((resolve) => {
    const stop = sandbox.subscribe(() => {
      if (!sandbox.getView().isHolding) return;
      stop();
      resolve();
    });
  });

describe('sandbox', () => {
  it('SB7 a run that is held before a state has not recorded it, and does when it is let go', async () => {
    const sandbox = await migrated();
    const entered = (): boolean =>
      Object.values(sandbox.getView().line.state.vault).some(({ text }) => text.endsWith('→ Emptying the cache'));
    sandbox.pacer.stopBefore('invalidatingCache');
    const run = sandbox.ask('A', 'rollback', (client) => client.rollback({ reason: 'USER_REQUEST' }));
    await held(sandbox);
    expect(entered()).toBe(false);
    expect(Object.keys(sandbox.getView().line.state.archive)).not.toHaveLength(0);
    sandbox.pacer.stopBefore(null);
    sandbox.pacer.step();
    expect(await run).toMatchObject({ outcome: 'rolledBack' });
    expect(entered()).toBe(true);
    sandbox.dispose();
  });

  it('SB7 what was not on the disk is lost with the browser, and the next start puts it back', async () => {
    const sandbox = await migrated();
    const same = (): number =>
      Object.values(sandbox.getView().line.state.storage).filter(({ against }) => against === 'same').length;
    await sandbox.ask('A', 'rollback', (client) => client.rollback({ reason: 'USER_REQUEST' }));
    expect(same()).toBe(sandbox.original.size);
    sandbox.killBrowser('lost');
    expect(same()).toBeLessThan(sandbox.original.size);
    expect(sandbox.tab('A').life()).toBe('gone');
    sandbox.reopen('A');
    expect(await sandbox.ask('A', 'recovery', (client) => client.recover())).toMatchObject({ action: 'restoredAgain' });
    expect(same()).toBe(sandbox.original.size);
    sandbox.dispose();
  });

  it('SB7 what a client refuses is shown and thrown at nobody', async () => {
    const sandbox = await migrated();
    await sandbox.ask('A', 'unlocking', (client) => client.unlock({ reason: 'by mistake' }));
    expect(sandbox.getView().refusal).toMatch(/^A, unlocking: /);
    sandbox.dispose();
  });
});
