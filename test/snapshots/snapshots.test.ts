import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { AnyMachineSnapshot } from 'xstate';
import { charts, presentRecord, snapshotOf } from '../../src/runtime/charts.ts';
import { transition } from '../../src/runtime/execution/transition.ts';
import type { ChartId } from '../../src/runtime/execution/types.ts';
import { historyOf } from '../../src/runtime/history.ts';
import { type JournalRecord, readRecord, writeRecord } from '../../src/runtime/journal-record.ts';
import type { SnapshotUpgrades } from '../../src/runtime/older-snapshots.ts';
import type { ChartEvent } from '../../src/testing/paths/chart-path.ts';
import { type ChartFixture, follow, leadsTo, recordOf, statesOf, walkedCharts } from './chart-walk.ts';

type Snapshot = JournalRecord['snapshot'];

const folder = fileURLToPath(new URL('../fixtures/snapshots/', import.meta.url));
const IDS = Object.keys(walkedCharts) as ChartId[];

/** The fixtures of every version of a chart. */
const fixturesOf = (chart: ChartId): readonly ChartFixture[] =>
  readdirSync(`${folder}${chart}`).map((file) => JSON.parse(readFileSync(`${folder}${chart}/${file}`, 'utf8')));

const present = (chart: ChartId): ChartFixture => {
  const found = fixturesOf(chart).find(({ version }) => version === charts[chart].version);
  if (found === undefined) throw new Error(`Run "npm run fixtures": version ${charts[chart].version} has no fixture.`);
  return found;
};

/** A record that the fixture has of some state. */
const recordIn = (chart: ChartId, state: string): Promise<JournalRecord> =>
  readRecord(present(chart).states[state]?.record ?? '', state);

/** The same record with something else in it, its hash made anew. */
async function altered(record: JournalRecord, change: Partial<JournalRecord>): Promise<JournalRecord> {
  const { hash: _, ...body } = { ...record, ...change };
  const { text } = await writeRecord(body as Parameters<typeof writeRecord>[0]);
  return readRecord(text, 'altered');
}

const codeOf = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return 'it was not refused';
};

describe.each(IDS)('the snapshots of the %s chart', (chart) => {
  it('SV1 there is one for every state of the present version, and the chart still gives the same', async () => {
    const { states, input } = present(chart);
    const { machine } = charts[chart];
    expect(Object.keys(states).sort()).toEqual([...statesOf(machine)].sort());
    for (const [name, { way, record, takes }] of Object.entries(states)) {
      const found = follow({ machine, input }, way);
      const told = takes.map(({ event }) => ({ event, to: leadsTo(chart, found.snapshot, event) }));
      // Where this fails the chart means something else by now: raise its version, then run "npm run fixtures".
      expect({ name, record: await recordOf(chart, found), takes: told }).toEqual({ name, record, takes });
    }
  });

  it('SV2 those of every version are restored with state and memory, and go on as they would have gone on', async () => {
    for (const { states, version } of fixturesOf(chart)) {
      for (const [name, { record: text, takes }] of Object.entries(states)) {
        const record = presentRecord(await readRecord(text, name));
        const restored = snapshotOf(record);
        const told = takes.map(({ event }) => ({ event, to: leadsTo(chart, restored, event) }));
        expect({ version, name, value: restored.value, takes: told }).toEqual({
          version,
          name,
          value: record.snapshot.value,
          takes,
        });
        expect(restored.context).toEqual(record.snapshot.context);
      }
    }
  });

  it('SV2 those of the present version do what the state does that was never written down', async () => {
    const { states, input } = present(chart);
    const { machine } = charts[chart];
    for (const [name, { record, way, takes }] of Object.entries(states)) {
      const restored = snapshotOf(await readRecord(record, name));
      const { snapshot } = follow({ machine, input }, way);
      for (const { event } of takes) expect(outcome(chart, restored, event)).toEqual(outcome(chart, snapshot, event));
    }
  });

  it('SV2 as a journal of one record each is read: open, or ended as its state says', async () => {
    for (const [name, { record: text }] of Object.entries(present(chart).states)) {
      const record = await readRecord(text, name);
      const [run] = historyOf([record]).runs;
      expect({ name, end: run?.end ?? null, context: run?.context }).toEqual({
        name,
        end: record.snapshot.value === name && ENDS.has(name) ? name : null,
        context: record.snapshot.context,
      });
    }
  });

  it('SV3 one that names a state of no chart, or whose memory lacks something, is refused', async () => {
    const [state = ''] = Object.keys(present(chart).states);
    const record = await recordIn(chart, state);
    for (const value of ['nowhere', { nowhere: 'at all' }, 'constructor', ''])
      expect(
        await codeOf(async () => historyOf([await altered(record, { snapshot: { ...record.snapshot, value } })])),
      ).toBe('JOURNAL_UNREADABLE');
    for (const name of charts[chart].memory.filter((one) => !['run', 'token', 'attempts'].includes(one))) {
      const { [name]: _, ...context } = record.snapshot.context;
      const snapshot = { ...record.snapshot, context: context as JournalRecord['snapshot']['context'] };
      expect({ name, code: await codeOf(async () => historyOf([await altered(record, { snapshot })])) }).toEqual({
        name,
        code: 'JOURNAL_UNREADABLE',
      });
    }
  });

  it('SV3 JN4 one of a newer version is refused as newer, also when it is not the last of its run', async () => {
    const [state = ''] = Object.keys(present(chart).states);
    const record = await recordIn(chart, state);
    const newer = await altered(record, { machine: { id: chart, version: charts[chart].version + 1 } });
    expect(await codeOf(() => historyOf([newer]))).toBe('JOURNAL_NEWER');
    expect(await codeOf(() => historyOf([newer, record]))).toBe('JOURNAL_NEWER');
  });

  it('SV4 one of an older version is brought to the present one, step by step, or refused', async () => {
    const [state = ''] = Object.keys(present(chart).states);
    const record = await recordIn(chart, state);
    // Two versions that never were: in the first a name of the memory was another one, in the second it was missing.
    const { warnings, debts: _, ...rest } = record.snapshot.context;
    const { value } = record.snapshot;
    const ancient = await altered(record, {
      machine: { id: chart, version: charts[chart].version - 2 },
      snapshot: { value, context: { ...rest, notes: warnings } },
    });
    const [first, second] = [charts[chart].version - 2, charts[chart].version - 1];
    const renamed = ({ context: { notes, ...others } }: Snapshot): Snapshot => ({
      value,
      context: { ...others, warnings: notes },
    });
    const added = ({ context }: Snapshot): Snapshot => ({ value, context: { ...context, debts: [] } });
    const upgrades: SnapshotUpgrades = { [chart]: { [first]: renamed, [second]: added } };
    const upgraded = presentRecord(ancient, upgrades);
    expect(upgraded.machine).toEqual(record.machine);
    expect(snapshotOf(upgraded).context).toEqual(record.snapshot.context);
    expect(upgraded.hash).toBe(ancient.hash);
    expect(await codeOf(() => historyOf([ancient]))).toBe('JOURNAL_UNREADABLE');
  });
});

const ENDS: ReadonlySet<string> = new Set([
  ...['migrated', 'rolledBack', 'unchanged', 'safeMode', 'unlocked', 'recovered', 'notRecovered'],
]);

/** The state after an event, and what it asks to be done. */
function outcome(chart: ChartId, snapshot: AnyMachineSnapshot, event: ChartEvent): unknown {
  const [{ value, context }, actions] = transition(charts[chart].machine, snapshot, event as never);
  return { event, value, context, actions: actions.map(({ type, params }) => [type, params]) };
}

describe('a record of a chart that this version does not have', () => {
  it('SV3 is refused as newer', async () => {
    const record = await recordIn('rollback', 'clearingDatabase');
    const { hash: _, ...body } = record;
    const { text } = await writeRecord({ ...body, machine: { id: 'teleport' as ChartId, version: 1 } });
    expect(await codeOf(() => readRecord(text, '0'))).toBe('JOURNAL_NEWER');
  });
});
