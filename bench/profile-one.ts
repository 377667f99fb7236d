import { makeTasks } from './data.ts';
import { worldWith } from './world.ts';

// Run with `node --cpu-prof --import tsx bench/profile-one.ts [items] [migrate|rollback]` to see where the time goes.
const [items = '10000', phase = 'rollback'] = process.argv.slice(2);
const world = await worldWith(makeTasks(Number(items)));
const since = { start: performance.now() };
let last = '';
world.client.subscribe(() => {
  const { state } = world.client.getSnapshot();
  if (state === last || state === null) return;
  const now = performance.now();
  console.log(`${(now - since.start).toFixed(1).padStart(9)} ms  ${last || '(start)'}`);
  since.start = now;
  last = state;
});
await world.client.migrate();
if (phase === 'rollback') {
  console.log('--- rollback');
  since.start = performance.now();
  last = '';
  await world.client.rollback({ reason: 'USER_REQUEST' });
}
await world.client.close();
