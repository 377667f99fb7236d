import { makeTasks } from './data.ts';
import { median } from './measure.ts';
import { worldWith } from './world.ts';

// Where the time goes, by state, in the median of some rounds behind one that warms up:
//   node --expose-gc --import tsx bench/profile-one.ts [items] [migrate|rollback|drift] [rounds]
// and with `--cpu-prof`, by function.
const [size = '10000', phase = 'rollback', rounds = '7'] = process.argv.slice(2);
const tasks = makeTasks(Number(size));
const spent = new Map<string, number[]>();

function note(state: string, milliseconds: number): void {
  spent.set(state, [...(spent.get(state) ?? []), milliseconds]);
}

async function round(mode: 'warmUp' | 'measure'): Promise<void> {
  const { client, raw } = await worldWith(tasks);
  if (phase !== 'migrate') await client.migrate();
  if (phase === 'drift') raw.run("update tasks set title = title || '!' where rowid % 100 = 0");
  (globalThis as { gc?: () => void }).gc?.();
  const begun = performance.now();
  let [state, since] = ['(before the first record)', begun];
  const pass = (next: string): void => {
    const now = performance.now();
    if (mode === 'measure') note(state, now - since);
    [state, since] = [next, now];
  };
  const leave = client.subscribe(() => {
    const next = client.getSnapshot().state;
    if (next !== null && next !== state) pass(next);
  });
  if (phase === 'migrate') await client.migrate();
  else await client.rollback({ reason: 'USER_REQUEST', onDrift: phase === 'drift' ? 'merge' : 'ask' });
  pass('');
  leave();
  if (mode === 'measure') note('in all', performance.now() - begun);
  await client.close();
}

await round('warmUp');
for (let i = 0; i < Number(rounds); i++) await round('measure');
for (const [state, times] of spent) console.log(`${median(times).toFixed(1).padStart(9)} ms  ${state}`);
