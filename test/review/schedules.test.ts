import { describe, expect, it } from 'vitest';
import { appActs, changesSince, createPlay, look, lost, notBack, type Play, troubled } from './schedule.ts';

const SEEDS = 120;

const FOREIGN = ['length', 'session-token'];

interface Report {
  readonly broken: readonly string[];
  readonly ends: readonly string[];
}

async function judged(
  play: Play,
  act: Parameters<typeof troubled>[1],
  again: boolean,
): Promise<Report & { state: string }> {
  const before = look(play);
  const since = { storage: play.log.storage.length, rows: play.log.rows.length };
  const client = await troubled(play, act);
  const { action, migrationState: state } = await client.recover();
  const ended = ['NOT_STARTED', 'MIGRATED', 'ROLLED_BACK', 'SAFE_MODE'].includes(state);
  const isUnchanged = state === (again ? 'MIGRATED' : 'NOT_STARTED');
  return {
    state,
    ends: [`${again ? 'rollback' : 'migration'} ${state}`],
    broken: [
      ...(ended ? [] : [`I8: it never ended: ${action} ${state}`]),
      ...(isUnchanged ? changesSince(play, before, since).map((what) => `I5: unchanged, but ${what}`) : []),
      ...(again && state === 'ROLLED_BACK' ? notBack(play).map((what) => `I5: rolled back, but ${what}`) : []),
      ...(await lost(play, client)).map((what) => `I1 I9: no copy of ${what}`),
      ...FOREIGN.filter((key) => play.on.storage.getItem(key) !== play.originals.get(key)).map((key) => `I7: ${key}`),
    ],
  };
}

async function played(seed: number): Promise<Report> {
  const play = createPlay(seed);
  const first = await judged(play, (client) => client.migrate(), false);
  if (first.state !== 'MIGRATED') return first;
  for (let edits = Math.floor(play.random() * 3); edits > 0; edits--) appActs(play);
  const second = await judged(play, (client) => client.rollback({ reason: 'USER_REQUEST' }), true);
  return { broken: [...first.broken, ...second.broken], ends: [...first.ends, ...second.ends] };
}

describe('processes that die, ports that fail, and an app that nobody stops, at any call', () => {
  it(`MI9 RB7 RB18 RB25 hold as do I1, I5, I7, I8 and I9 in schedules 1 to ${SEEDS}`, async () => {
    const broken: string[] = [];
    const ends = new Map<string, number>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const report = await played(seed);
      broken.push(...report.broken.map((what) => `seed ${seed}: ${what}`));
      for (const end of report.ends) ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    expect(broken).toEqual([]);
    // Schedules that all end the same way would prove little.
    for (const end of ['migration NOT_STARTED', 'migration MIGRATED', 'rollback MIGRATED', 'rollback ROLLED_BACK']) {
      expect(ends.get(end) ?? 0, end).toBeGreaterThan(5);
    }
  });
});
