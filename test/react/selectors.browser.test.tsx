import { StrictMode } from 'react';
import { expect, it } from 'vitest';
import { BackpedalProvider, shallowEqual, useRollback } from '../../src/react/index.ts';
import { createTestClient } from '../../src/testing/index.ts';
import { acting, mount, mountHook, probe } from './kit.tsx';

it('RE2 a selector renders again only when what it selects changes', async () => {
  const client = createTestClient({ state: 'clearingDatabase' });
  const stage = probe((snapshot) => snapshot.stage);
  await mount(<BackpedalProvider client={client}>{stage.element}</BackpedalProvider>);
  await acting(() => client.show({ currentStep: 'Another text' }));
  await acting(() => client.show({ state: 'restoringStorage' }));
  expect(stage.renders).toEqual(['EXECUTING']);
  await acting(() => client.show({ state: 'verifyingData' }));
  expect(stage.renders).toEqual(['EXECUTING', 'VERIFYING']);
});

it('RE2 a question that is told anew in the same words is the same object', async () => {
  const client = createTestClient({ state: 'deciding' });
  const asked = probe((snapshot) => snapshot.question);
  await mount(<BackpedalProvider client={client}>{asked.element}</BackpedalProvider>);
  await acting(() => client.show({ errors: ['A fault'], question: structuredClone(client.getSnapshot().question) }));
  expect(asked.renders).toHaveLength(1);
});

it('RE2 a selector that makes new objects makes no endless loop, and with an equality no needless renders', async () => {
  const client = createTestClient({ state: 'clearingDatabase' });
  const select = ({ stage, errors }: { stage: string; errors: readonly string[] }): object => ({ stage, errors });
  const anew = probe(select);
  const compared = probe(select, { isEqual: shallowEqual });
  await mount(
    <StrictMode>
      <BackpedalProvider client={client}>
        {anew.element}
        {compared.element}
      </BackpedalProvider>
    </StrictMode>,
  );
  const before = { anew: anew.renders.length, compared: compared.renders.length };
  expect(before.anew).toBeLessThanOrEqual(4);
  const [first] = compared.renders.slice(-1);
  await acting(() => client.show({ currentStep: 'Another text' }));
  expect(anew.renders.length).toBeGreaterThan(before.anew);
  expect(compared.renders).toHaveLength(before.compared);
  await acting(() => client.show({ errors: ['A fault'] }));
  expect(compared.last()).not.toBe(first);
  expect(compared.last()).toEqual({ stage: 'EXECUTING', errors: ['A fault'] });
});

it('RE2 another selector, and one that closes over something else, is used at once', async () => {
  const client = createTestClient({ state: 'clearingDatabase', progress: 7 });
  const Part = ({ name }: { name: 'stage' | 'progress' }) => <b>{useRollback((snapshot) => snapshot[name])}</b>;
  const at = (name: 'stage' | 'progress') => (
    <BackpedalProvider client={client}>
      <Part name={name} />
    </BackpedalProvider>
  );
  const page = await mount(at('stage'));
  expect(page.text()).toBe('EXECUTING');
  await page.render(at('progress'));
  expect(page.text()).toBe('7');
});

it('RE4 what is read between two changes is the same object, also when nobody listens', async () => {
  const client = createTestClient({ state: 'clearingDatabase' });
  const { renders, last, page } = await mountHook(client, () => useRollback());
  const [first] = renders;
  await page.render(null);
  const again = await mountHook(client, () => useRollback());
  expect(again.renders[0]).toBe(first);
  expect(last()).toBe(first);
  await again.page.render(null);
  client.show({ progress: 50 });
  const third = await mountHook(client, () => useRollback());
  expect(third.renders.map(({ progress }) => progress)).toEqual([50]);
  expect(Object.isFrozen(third.last())).toBe(true);
});
