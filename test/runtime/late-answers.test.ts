import { describe, expect, it } from 'vitest';
import { closedGate } from '../../src/testing/index.ts';
import { createKit, drive, type Kit } from '../support/run-kit.ts';

async function until(kit: Kit, isSo: () => boolean): Promise<void> {
  for (let seconds = 0; seconds < 300 && !isSo(); seconds++) await kit.clock.advance(1000);
  expect(isSo()).toBe(true);
}

async function migrated(): Promise<Kit> {
  const kit = createKit({ definition: { triggers: { timeout: 10_000 } } });
  await drive(kit.clock, kit.start().client.migrate());
  return kit;
}

describe('a command that does not answer', () => {
  it('TR5 and does so late, when it was given up, done again, and the run is further on: nothing comes of it', async () => {
    const kit = await migrated();
    const [late, next] = [closedGate(), closedGate()];
    const { client, ports } = kit.start({
      database: [
        { operation: 'record', moment: 'after', behaviour: { waitsFor: late.opened } },
        { operation: 'remaining', moment: 'after', behaviour: { waitsFor: next.opened } },
      ],
    });
    const ending = client.rollback({ reason: 'USER_REQUEST' });
    await until(kit, () => ports.database.count('remaining') === 1);
    expect(ports.database.count('record')).toBe(2);
    late.open();
    await kit.clock.advance(0);
    next.open();
    expect(await drive(kit.clock, ending)).toMatchObject({ end: 'value', value: { outcome: 'rolledBack' } });
  });

  it('CL4 is not counted as done while it stands still', async () => {
    const kit = await migrated();
    const seen: number[] = [];
    for (const operation of ['survey', 'clear', 'remaining']) {
      const gate = closedGate();
      const behaviour = { waitsFor: gate.opened };
      const { client, ports } = kit.start({ database: [{ operation, moment: 'before', behaviour }] });
      const ending = client.rollback({ reason: 'USER_REQUEST' });
      await until(kit, () => ports.database.hits() === 1);
      seen.push(client.getSnapshot().progress);
      gate.open();
      await drive(kit.clock, ending);
      await drive(kit.clock, client.migrate());
    }
    const [surveying = -1, clearing = -1, verifying = -1] = seen;
    // Of the work, surveying is the first, clearing the greater part, and little comes after verifying.
    expect(surveying).toBe(0);
    expect(clearing).toBeGreaterThan(surveying);
    expect(clearing).toBeLessThan(50);
    expect(verifying).toBeGreaterThan(clearing + 30);
    expect(verifying).toBeLessThan(95);
  });
});
