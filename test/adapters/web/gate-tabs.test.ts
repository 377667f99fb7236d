import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GATE_PROTOCOL, gateMessage } from '../../../src/adapters/web/gate-protocol.ts';
import { type GateOptions, gateStorage, type ReloadReason } from '../../../src/adapters/web/index.ts';
import { LIBRARY_VERSION } from '../../../src/adapters/web/library-version.ts';
import { manualClock } from '../../../src/testing/manual-clock.ts';
import { memoryStorage } from '../../../src/testing/memory-storage.ts';
import { type ChannelHub, channelHub } from './channel-hub.ts';

const MARKER = 'backpedal:tasks';
const PATIENCE = 2000;

/** The tabs of an origin, without Web Locks. */
function origin() {
  const hub = channelHub();
  const clock = manualClock();
  const storage = memoryStorage({ entries: { 'task-store': 'before', [MARKER]: '1' } });
  // As `localStorage` lists its keys.
  const target = Object.assign(storage, {
    key: (index: number) => storage.entries()[index]?.[0] ?? null,
    length: 0,
  });
  Object.defineProperty(target, 'length', { get: () => storage.entries().length });
  return { hub, clock, storage: target };
}

type Origin = ReturnType<typeof origin>;

function openTab({ hub, clock, storage }: Origin, options: Partial<GateOptions> = {}) {
  const channel = hub.open();
  const told: (ReloadReason | 'closed')[] = [];
  const silent: string[][] = [];
  const gate = gateStorage(storage, {
    initially: 'open',
    onReload: (reason) => told.push(reason),
    onClosed: () => told.push('closed'),
    onUnacknowledged: (tabs) => silent.push([...tabs]),
    tabs: { channel, clock, locks: null, patience: PATIENCE },
    ...options,
  });
  const canWrite = (): boolean => {
    try {
      gate.storage.setItem('mine', 'x');
      return true;
    } catch {
      return false;
    }
  };
  const use = (): string | null => gate.storage.getItem('task-store');
  return { ...gate, channel, told, silent, canWrite, use };
}

const turns = async (count = 100): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
};

/** Resolves to whether a promise has settled after all that waits for promises has had its turns. */
async function hasSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await turns();
  return settled;
}

const idsHeard = ({ said }: ChannelHub): string[] => [...new Set(said.map(({ from }) => from))];

describe('gates of several tabs', () => {
  it('GT1 closing one closes all, and ends when every tab has acknowledged it', async () => {
    const all = origin();
    const [run, ...others] = [openTab(all), openTab(all), openTab(all), openTab(all)];
    for (const tab of others) tab.use();
    await turns();
    expect(others.map((tab) => tab.canWrite())).toEqual([true, true, true]);
    await run?.operations.stop();
    expect(others.map((tab) => tab.canWrite())).toEqual([false, false, false]);
    expect(others.map(({ told }) => told)).toEqual([['closed'], ['closed'], ['closed']]);
    expect([run?.canWrite(), run?.told, run?.silent]).toEqual([false, [], []]);
    expect(all.hub.said.filter(({ type }) => type === 'closed').length).toBe(3);
  });

  it('GT1 it does not end before', async () => {
    const all = origin();
    const [run, late] = [openTab(all), openTab(all)];
    await turns();
    late.channel.state = 'frozen';
    const stopping = run.operations.stop();
    expect(await hasSettled(stopping)).toBe(false);
    const [, id = ''] = idsHeard(all.hub);
    all.hub.shout(gateMessage(id, { type: 'closed', round: 1, to: 'nobody' }));
    all.hub.shout(gateMessage(id, { type: 'closed', round: 7, to: idsHeard(all.hub)[0] ?? '' }));
    expect(await hasSettled(stopping)).toBe(false);
    all.hub.shout(gateMessage(id, { type: 'closed', round: 1, to: idsHeard(all.hub)[0] ?? '' }));
    expect(await hasSettled(stopping)).toBe(true);
    expect(run.silent).toEqual([]);
  });

  it('GT2 a tab that does not answer is waited for no longer than there is patience, and named', async () => {
    const all = origin();
    const [run, frozen, other] = [openTab(all), openTab(all), openTab(all)];
    await turns();
    const [, id] = idsHeard(all.hub);
    frozen.channel.state = 'frozen';
    const stopping = run.operations.stop();
    expect(await hasSettled(stopping)).toBe(false);
    await all.clock.advance(PATIENCE);
    expect(await hasSettled(stopping)).toBe(true);
    expect(run.silent).toEqual([[id]]);
    expect([frozen.canWrite(), other.canWrite()]).toEqual([true, false]);
    await run.operations.resume();
    // Known to be silent, it does not hold up the next run.
    expect(await hasSettled(run.operations.stop())).toBe(true);
    expect(run.silent.length).toBe(1);
  });

  it('GT3 where a run has changed data, tabs that have read the old stay closed and are told to load anew', async () => {
    const all = origin();
    const [run, other] = [openTab(all), openTab(all)];
    other.use();
    await turns();
    await run.operations.stop();
    all.storage.setItem('task-store', 'after');
    all.storage.setItem(MARKER, '2');
    await run.operations.resume();
    await turns();
    expect(other.told).toEqual(['closed', 'dataChanged']);
    expect([run.canWrite(), other.canWrite()]).toEqual([true, false]);
    expect(all.storage.getItem('task-store')).toBe('after');
  });

  it('GT3 where nothing has changed they open, as often as it takes', async () => {
    const all = origin();
    const [run, other] = [openTab(all), openTab(all)];
    other.use();
    await turns();
    for (let round = 0; round < 3; round++) {
      await run.operations.stop();
      expect(other.canWrite()).toBe(false);
      await run.operations.resume();
      await turns();
      expect(other.canWrite()).toBe(true);
    }
    expect(other.told).toEqual(['closed', 'closed', 'closed']);
  });

  it('GT3 a storage that cannot list its keys is taken for changed', async () => {
    const all = origin();
    const { getItem, setItem, removeItem } = all.storage;
    const run = openTab({ ...all, storage: { getItem, setItem, removeItem } as Origin['storage'] });
    const other = openTab(all);
    other.use();
    await turns();
    await run.operations.stop();
    await run.operations.resume();
    await turns();
    expect(other.told).toEqual(['closed', 'dataChanged']);
  });

  it('GT4 a tab that comes while a run goes on stands still, and begins with what the run has left', async () => {
    const all = origin();
    const run = openTab(all);
    await run.operations.stop();
    const late = openTab(all, { initially: 'closed' });
    await turns();
    // Its own recovery has nothing to do; the run is not its own.
    await late.operations.resume();
    let read: string | null = 'nothing yet';
    void late.asyncStorage.getItem('task-store').then((value) => {
      read = value;
    });
    await turns();
    expect([late.canWrite(), read]).toEqual([false, 'nothing yet']);
    all.storage.setItem('task-store', 'after');
    all.storage.setItem(MARKER, '2');
    await run.operations.resume();
    await turns();
    expect([late.canWrite(), read, late.told]).toEqual([true, 'after', []]);
  });

  it('GT5 what is no message of this protocol is passed over, and a newer one’s new fields as well', async () => {
    const all = origin();
    const tab = openTab(all);
    const close = gateMessage('abc', { type: 'close', round: 1, watched: false });
    const strangers: unknown[] = [
      null,
      'close',
      [],
      {},
      { ...close, backpedal: 'bell' },
      { ...close, protocol: GATE_PROTOCOL + 1 },
      { ...close, from: '../x' },
      { ...close, from: undefined },
      { ...close, round: -1 },
      { ...close, round: '1' },
      { ...close, type: 'closeForGood' },
      { ...close, watched: 'no' },
      { __proto__: close },
    ];
    for (const stranger of strangers) all.hub.shout(stranger);
    await turns();
    expect([tab.canWrite(), tab.told]).toEqual([true, []]);
    all.hub.shout({ ...close, library: '9.0.0', reason: 'rollback' });
    await turns();
    expect([tab.canWrite(), tab.told]).toEqual([false, ['closed']]);
    all.hub.shout(gateMessage('another', { type: 'open', round: 1, changed: true }));
    await turns();
    expect(tab.told).toEqual(['closed']);
    all.hub.shout({ ...gateMessage('abc', { type: 'open', round: 1, changed: false }), library: '9.0.0' });
    await turns();
    expect(tab.canWrite()).toBe(true);
  });

  it('GT5 tabs tell each other the version of the library', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(gateMessage('a', { type: 'hello' }).library).toBe(version);
    expect(LIBRARY_VERSION).toBe(version);
  });

  it('GT6 a page that goes away while it carries a run out leaves the others closed, and told to load anew', async () => {
    const all = origin();
    const tab = openTab(all);
    all.hub.shout(gateMessage('abc', { type: 'close', round: 1, watched: false }));
    await turns();
    all.hub.shout(gateMessage('abc', { type: 'bye' }));
    await turns();
    expect([tab.canWrite(), tab.told]).toEqual([false, ['closed', 'holderGone']]);
  });

  it('GT6 one that goes away without a run is not waited for', async () => {
    const all = origin();
    const run = openTab(all);
    all.hub.shout(gateMessage('abc', { type: 'here' }));
    all.hub.shout(gateMessage('abc', { type: 'bye' }));
    await turns();
    expect(await hasSettled(run.operations.stop())).toBe(true);
    expect(run.silent).toEqual([]);
  });

  it('GT7 while two tabs need it closed, a gate opens only for both', async () => {
    const all = origin();
    const [first, second, other] = [openTab(all), openTab(all), openTab(all)];
    await turns();
    await first.operations.stop();
    await second.operations.stop();
    await first.operations.resume();
    await turns();
    expect([first.canWrite(), second.canWrite(), other.canWrite()]).toEqual([false, false, false]);
    await second.operations.resume();
    await turns();
    expect([first.canWrite(), second.canWrite(), other.canWrite()]).toEqual([true, true, true]);
  });

  it('GT8 a gate without a channel keeps to its own tab', async () => {
    const all = origin();
    const other = openTab(all);
    const alone = openTab(all, { tabs: { channel: null } });
    const before = all.hub.said.length;
    await alone.operations.stop();
    await turns();
    expect([alone.canWrite(), other.canWrite()]).toEqual([false, true]);
    expect(all.hub.said.length).toBe(before);
    // On a server, where nobody listens, none is made.
    const served = gateStorage(memoryStorage(), { initially: 'open' });
    await served.operations.stop();
    expect(() => served.storage.setItem('a', 'b')).toThrow(expect.objectContaining({ code: 'STORAGE_CLOSED' }));
  });
});
