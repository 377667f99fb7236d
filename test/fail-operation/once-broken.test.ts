import { describe, expect, it } from 'vitest';
import { FAULT_KINDS } from './fault-kinds.ts';
import { play, rehearse } from './play.ts';
import { SITUATIONS } from './situations.ts';

const LIES = 'lies, once';
const AFTER = 'is done only after the run';
const ANSWERS_AFTER = 'is done, and answers after the run';

/** Situation, operations and kind of fault of which some case was once broken: each such operation is met here. */
const ONCE_BROKEN: readonly (readonly [rule: string, situation: string, operations: string, kind: string])[] = [
  ['FO3', 'migrate', 'storage.keys', LIES],
  ['FO2', 'rollback that asks, answered merge', 'vault.list', AFTER],
  ['FO3', 'recover() with a lost burst', 'storage.read database.ledger', LIES],
  ['FO2', 'recover() with debts', 'database.remaining database.lease database.sweep', AFTER],
  ['FO3', 'recover() with a lost journal of a migration that had ended', 'database.ledger', LIES],
  ['FO3', 'recover() with a lost journal of a migration that was copying', 'database.clear', LIES],
  ['FO2', 'recover() with a lost journal of a rollback that had not cleared', 'storage.read database.ledger', AFTER],
  ['FO2', 'recover() with a lost journal of a rollback that had cleared', 'database.undoClear', AFTER],
  ['FO2', 'recover() with a lost journal of a rollback that had cleared', 'database.lease', ANSWERS_AFTER],
  ['FO3', 'recover() with a lost journal of a rollback that had cleared', 'database.ledger database.undoClear', LIES],
  ['FO3', 'recover() with an emptied storage, answered keepEmpty', 'vault.putIfAbsent', LIES],
  ['FO3', 'recover() with an emptied storage and an open rollback, answered keepEmpty', 'database.undoClear', LIES],
];

describe('what went wrong before', () => {
  it.each(ONCE_BROKEN)('%s %s: %s %s', async (_, name, operations, kindName) => {
    const situation = SITUATIONS.find((known) => known.name === name);
    const kind = FAULT_KINDS.find((known) => known.name === kindName);
    if (situation === undefined || kind === undefined) throw new Error('There is no such case.');
    const wanted = operations.split(' ');
    const rehearsal = await rehearse(situation);
    const calls = rehearsal.calls.filter((call) => wanted.includes(`${call.port}.${call.operation}`));
    expect(calls.length).toBeGreaterThan(0);
    for (const { number } of calls) expect(await play(rehearsal, kind, number)).toEqual([]);
  });
});
