import { expect, it } from 'vitest';
import { systemClock } from '../../src/runtime/system-clock.ts';

it('MT2 in a page a turn is given in a task of its own, so that what was posted before comes first', async () => {
  const order: string[] = [];
  const { port1, port2 } = new MessageChannel();
  const posted = new Promise<void>((resolve) => {
    port1.onmessage = () => {
      order.push('posted');
      resolve();
    };
  });
  port2.postMessage(null);
  await new Promise((resolve) => setTimeout(resolve));
  await Promise.resolve().then(() => order.push('microtask'));
  await systemClock.breathe?.();
  order.push('after a turn');
  await posted;
  expect(order.indexOf('microtask')).toBeLessThan(order.indexOf('after a turn'));
  expect(systemClock.breathe).toBeDefined();
});
