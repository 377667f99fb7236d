import { expect, it } from 'vitest';
import type { Backpedal, ClockPort, DatabasePort } from '../../src/index.ts';
import { BackpedalProvider } from '../../src/react/index.ts';
import { createTestClient, manualClock } from '../../src/testing/index.ts';
import { device } from '../runtime/kit.ts';
import { acting, mount, probe } from './kit.tsx';

const ITEMS = 10_000;

const tasks = JSON.stringify({
  state: { tasks: Array.from({ length: ITEMS }, (_, index) => ({ id: `t${index}`, title: `Task ${index}` })) },
  version: 0,
});

/** A port of which every asynchronous operation takes some time. */
function slow<Port extends object>(port: Port, clock: ClockPort, milliseconds: number): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const answer: unknown = Reflect.apply(member, target, args);
        return answer instanceof Promise ? clock.sleep(milliseconds).then(() => answer) : answer;
      };
    },
  });
}

const mostInASecond = (times: readonly number[]): number =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));

async function migratedClient(on: ReturnType<typeof device>): Promise<Backpedal> {
  const client = on.client('a', {
    database: slow<DatabasePort>(on.database, on.clock, 20),
    vault: slow(on.vault, on.clock, 20),
  });
  const { outcome } = await on.until(client.migrate());
  expect(outcome).toBe('migrated');
  return client;
}

async function watchProgress(millisecondsEach: number): Promise<{
  readonly renders: readonly number[];
  readonly times: readonly number[];
}> {
  const clock = manualClock();
  const client = createTestClient({ state: 'clearingDatabase' });
  const times: number[] = [];
  const percent = probe(({ progress }) => progress, { rendered: () => times.push(clock.monotonic()) });
  await mount(
    <BackpedalProvider client={client} clock={clock}>
      {percent.element}
    </BackpedalProvider>,
  );
  for (let progress = 1; progress < 100; progress++) {
    client.show({ progress });
    await clock.advance(millisecondsEach);
  }
  client.show({ state: 'rolledBack', progress: 100 });
  await clock.advance(0);
  return { renders: percent.renders, times };
}

it.each([1, 20, 60, 140, 160, 400])(
  'RE3 a hundred percentages, one every %i ms, render at most 10 times a second, and the end at once',
  async (each) => {
    const { renders, times } = await watchProgress(each);
    expect(mostInASecond(times)).toBeLessThanOrEqual(10);
    expect(renders.length).toBeLessThanOrEqual(101);
    expect(renders.length).toBeGreaterThanOrEqual(Math.min(101, Math.floor((99 * each) / 160)));
    expect(renders).toEqual([...renders].sort((a, b) => a - b));
    expect([times.at(-1), renders.at(-1)]).toEqual([99 * each, 100]);
  },
);

it('RE3 what is new besides the progress is shown at once, and the last percentage is not lost', async () => {
  const clock = manualClock();
  const client = createTestClient({ state: 'clearingDatabase', progress: 10 });
  const shown = probe(({ state, progress }) => `${state} ${progress}`);
  await mount(
    <BackpedalProvider client={client} clock={clock}>
      {shown.element}
    </BackpedalProvider>,
  );
  client.show({ progress: 20 });
  client.show({ progress: 30 });
  client.show({ state: 'restoringStorage', progress: 40 });
  await clock.advance(0);
  expect(shown.last()).toMatch(/restoringStorage/);
  await clock.advance(150);
  expect(shown.last()).toMatch(/restoringStorage 40$/);
  expect(clock.pending()).toBe(0);
});

it('RE2 RE3 a rollback of 10,000 items renders what shows progress at most 10 times a second, and what shows canRollback when it changes', async () => {
  const on = device({ entries: [['task-store', tasks]] });
  const client = await migratedClient(on);
  const times: number[] = [];
  const percent = probe(({ progress }) => progress, { rendered: () => times.push(on.clock.monotonic()) });
  const possible = probe(({ canRollback }) => canRollback);
  const actions = probe((snapshot) => snapshot.actions);
  await mount(
    <BackpedalProvider client={client} clock={on.clock}>
      {percent.element}
      {possible.element}
      {actions.element}
    </BackpedalProvider>,
  );
  await acting(() => on.until(actions.last().check()));
  expect(possible.renders).toEqual([undefined, true]);

  // Not within `act`, which would put several renders into one.
  const before = percent.renders.length;
  const result = await on.until(actions.last().rollback({ reason: 'USER_REQUEST', onDrift: 'discard' }));
  expect(result?.outcome).toBe('rolledBack');

  const rendered = percent.renders.slice(before);
  expect(rendered.at(-1)).toBe(100);
  expect(rendered.length).toBeGreaterThan(5);
  expect(rendered.length).toBeLessThanOrEqual(101);
  expect(new Set(rendered).size).toBe(rendered.length);
  expect(mostInASecond(times)).toBeLessThanOrEqual(10);
  expect(possible.renders).toEqual([undefined, true, undefined]);
  expect(actions.renders).toHaveLength(1);
});
