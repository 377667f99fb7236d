import { describe, expect, it } from 'vitest';
import { closedGate, type Fault } from '../../src/testing/index.ts';
import { type AppProcess, createKit, drive, type Kit } from '../support/run-kit.ts';

const isRecord: NonNullable<Fault['when']> = ({ operation, arguments: [name] }) =>
  operation === 'putIfAbsent' && String(name).includes('/journal/');

/** What a process has done to the world; being watched while it works is no effect. */
function effectsOf({ ports }: AppProcess): readonly string[] {
  const { storage, database, cache, operations, notify } = ports;
  const calls = [storage, database, cache, operations, notify].flatMap((port) => port.calls);
  return calls.map(({ operation }) => operation).filter((operation) => operation !== 'ping');
}

async function migratedKit(): Promise<Kit> {
  const kit = createKit();
  await drive(kit.clock, kit.start().client.migrate());
  return kit;
}

const RUNS = {
  migration: { prepare: async () => createKit(), run: ({ client }: AppProcess) => client.migrate() },
  rollback: {
    prepare: migratedKit,
    run: ({ client }: AppProcess) => client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }),
  },
} as const;

describe.each(Object.entries(RUNS))('a record of a %s that takes its time', (name, { prepare, run }) => {
  it(`JN1 I4 holds up everything that the ${name} does, whichever record it is`, async () => {
    for (let at = 1; ; at++) {
      const kit = await prepare();
      const gate = closedGate();
      let [records, before]: [number, readonly string[]] = [0, []];
      const when: NonNullable<Fault['when']> = (call) => {
        if (!isRecord(call) || ++records !== at) return false;
        before = effectsOf(process);
        return true;
      };
      const process = kit.start({ vault: [{ when, moment: 'before', behaviour: { waitsFor: gate.opened } }] });
      const running: Promise<unknown> = run(process);
      for (let seconds = 0; seconds < 60 && process.ports.vault.hits() === 0; seconds++) await kit.clock.advance(1000);
      if (process.ports.vault.hits() === 0) {
        expect(at).toBeGreaterThan(8);
        return;
      }
      await kit.clock.advance(5000);
      expect([at, effectsOf(process)]).toEqual([at, before]);
      gate.open();
      expect(await drive(kit.clock, running)).toMatchObject({ end: 'value', value: { finalStatus: 'SUCCESS' } });
    }
  });
});
