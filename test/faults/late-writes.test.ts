import { describe, expect, it } from 'vitest';
import { closedGate, type Fault } from '../../src/testing/index.ts';
import { createKit, drive } from '../support/run-kit.ts';

const LATE = 'written by the app';

/** The record after which the restore is prepared and nothing of it has been written. */
const isPrepared: NonNullable<Fault['when']> = ({ operation, arguments: [, text] }) =>
  operation === 'putIfAbsent' && String(text).includes('{"type":"PREPARED"');

describe('a key that the app writes when its restore is prepared', () => {
  it.each(['task-store', 'environments'])('RB8 I9 %s is in the vault before it is overwritten', async (key) => {
    const kit = createKit();
    await drive(kit.clock, kit.start().client.migrate());
    const gate = closedGate();
    const waits: Fault = { when: isPrepared, moment: 'before', behaviour: { waitsFor: gate.opened } };
    const { client, ports } = kit.start({ vault: [waits] });
    const running = client.rollback({ reason: 'USER_REQUEST', onDrift: 'discard' });
    for (let seconds = 0; seconds < 60 && ports.vault.hits() === 0; seconds++) await kit.clock.advance(1000);
    expect(ports.vault.hits()).toBe(1);
    kit.storage.setItem(key, LATE);
    gate.open();
    const driven = await drive(kit.clock, running);
    if (driven.end !== 'value') throw new Error(`It ended with ${JSON.stringify(driven)}.`);
    expect(driven.value.outcome).toBe('rolledBack');
    const { displaced } = await client.archive.export(driven.value.runId);
    expect(displaced).toEqual([{ key, value: LATE }]);
  });
});
