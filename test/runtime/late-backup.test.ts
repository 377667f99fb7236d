import { describe, expect, it } from 'vitest';
import { closedGate, memoryLock, withFaults } from '../../src/testing/index.ts';
import { CONTENT, type Device, device, keysOf, sorted } from './kit.ts';

/**
 * A process migrates and stands still before its n-th call of the vault; another one, which sees no lock, takes over;
 * then the first one goes on. `null` when there is no n-th call.
 */
async function lateAt(call: number): Promise<Device | null> {
  const on = device();
  const gate = closedGate();
  const vault = withFaults(on.vault, [{ at: call, moment: 'before', behaviour: { waitsFor: gate.opened } }]);
  const work = on.client('old', { vault: vault.port }).migrate();
  work.catch(() => {});
  for (let turns = 0; turns < 500 && vault.hits() === 0; turns++) await on.clock.advance(0);
  if (vault.hits() === 0) return null;
  const next = on.client('next', { lock: memoryLock() });
  await on.until(next.recover());
  gate.open();
  await on.until(work.catch(() => {}));
  return on;
}

describe('a process that backs up and is thought dead', () => {
  it('BK11 neither replaces nor shadows what another one has backed up for the same run', async () => {
    const takenOver: number[] = [];
    for (let call = 1; ; call++) {
      const on = await lateAt(call);
      if (on === null) break;
      const client = on.client('later');
      const backups = await on.until(client.backups.list());
      expect([call, backups.length]).toEqual([call, 1]);
      expect([call, await on.until(client.backups.verify(backups[0]?.id ?? ''))]).toMatchObject([
        call,
        { valid: true },
      ]);
      expect(await on.until(client.rollback({ reason: 'USER_REQUEST' }))).toMatchObject({ outcome: 'rolledBack' });
      expect([call, keysOf(on.storage)]).toEqual([call, sorted(CONTENT)]);
      takenOver.push(call);
    }
    expect(takenOver.length).toBeGreaterThan(20);
  });
});
