import { expect, it } from 'vitest';
import { codeOf, type Device, migrated } from './kit.ts';
import { dieAtRecord, processOn } from './mortal.ts';

/** A device on which a rollback was killed while it cleared the database. */
async function interrupted(): Promise<Device> {
  const { on } = await migrated();
  const death = new AbortController();
  const ports = processOn(on, death.signal);
  const doomed = on.client('doomed', { ...ports, vault: dieAtRecord(ports.vault, death, 4, 'after') });
  void doomed.rollback({ reason: 'USER_REQUEST' });
  await on.clock.advance(0);
  expect(on.records().at(-1)?.snapshot.value).toEqual({ executing: 'clearingDatabase' });
  return on;
}

const TURNS = Array.from({ length: 80 }, (_, i) => i * 3);

it('CR16 whoever cancels while a start looks around does not make the client carry the run out twice', async () => {
  const ends = new Set<string>();
  for (const turns of TURNS) {
    const on = await interrupted();
    const next = on.client('next');
    const recovered = next.recover();
    for (let i = 0; i < turns; i++) await null;
    const cancelled = await on.until(codeOf(next.cancel()));
    const { action } = await on.until(recovered);
    const resumed = on.records().filter(({ event }) => event.type === 'RESUMED').length;
    const end = on.records().at(-1)?.snapshot.value;
    ends.add(`${cancelled}: ${end}`);
    expect({ turns, action, resumed, writers: on.operations.at(-1) }).toEqual({
      turns,
      action: 'resumed',
      resumed: 1,
      writers: 'resume',
    });
    expect(on.log.filter(({ level }) => level === 'error')).toEqual([]);
    await on.until(next.close());
  }
  expect([...ends]).toEqual(expect.arrayContaining(['it was not rejected: unchanged']));
});
