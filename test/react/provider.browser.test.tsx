import { Component, type ReactNode, StrictMode } from 'react';
import { expect, it, onTestFinished, vi } from 'vitest';
import { BackpedalError, type RecoveryResult } from '../../src/index.ts';
import { BackpedalProvider, useRollback } from '../../src/react/index.ts';
import { createTestClient, type TestClient } from '../../src/testing/index.ts';
import { device } from '../runtime/kit.ts';
import { acting, deferred, mount, probe } from './kit.tsx';

const FOUND: RecoveryResult = { action: 'nothingToDo', migrationState: 'MIGRATED', runId: null };
const fault = new BackpedalError('VAULT_UNAVAILABLE', 'The vault cannot be read.');

class Boundary extends Component<{ readonly children: ReactNode }, { readonly error?: BackpedalError }> {
  override state: { readonly error?: BackpedalError } = {};
  static getDerivedStateFromError = (error: BackpedalError) => ({ error });
  override render(): ReactNode {
    return this.state.error === undefined ? this.props.children : `boundary: ${this.state.error.code}`;
  }
}

const Status = () => <i>{useRollback((snapshot) => `${snapshot.recovery} ${snapshot.recoveryResult?.action}`)}</i>;

it('RE7 the fallback is shown until the recovery that the app has started is done', async () => {
  const recovery = deferred<RecoveryResult>();
  const page = await mount(
    <StrictMode>
      <BackpedalProvider client={createTestClient()} recovery={recovery.promise} fallback={<Status />}>
        the app <Status />
      </BackpedalProvider>
    </StrictMode>,
  );
  expect(page.text()).toBe('running undefined');
  await acting(() => recovery.resolve(FOUND));
  expect(page.text()).toBe('the app done nothingToDo');
});

it('RE7 without a fallback nothing is shown meanwhile, and without a recovery nothing is waited for', async () => {
  const waiting = await mount(
    <BackpedalProvider client={createTestClient()} recovery={new Promise(() => {})}>
      the app
    </BackpedalProvider>,
  );
  expect(waiting.text()).toBe('');
  const free = await mount(
    <BackpedalProvider client={createTestClient()} fallback="a moment">
      the app
    </BackpedalProvider>,
  );
  expect(free.text()).toBe('the app');
});

it('RE7 the wait is over when a person has to decide: the children put the question', async () => {
  const client = createTestClient({ activity: 'crashRecovery', state: 'asking' });
  const page = await mount(
    <BackpedalProvider client={client} recovery="start" fallback="a moment">
      <Status />
    </BackpedalProvider>,
  );
  expect(page.text()).toBe('done waiting');
});

it('RE7 a recovery that failed goes to the error boundary', async () => {
  // React tells of what a boundary has caught.
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => told.mockRestore());
  const page = await mount(
    <Boundary>
      <BackpedalProvider client={createTestClient()} recovery={Promise.reject(fault)} fallback="a moment">
        the app
      </BackpedalProvider>
    </Boundary>,
  );
  expect(page.text()).toBe('boundary: VAULT_UNAVAILABLE');
});

it('RE7 a fallback that is a function is told why, and can try again', async () => {
  const answers = [Promise.reject(fault), Promise.resolve(FOUND)];
  const client = createTestClient({ methods: { recover: () => answers.shift() ?? Promise.resolve(FOUND) } });
  const page = await mount(
    <StrictMode>
      <BackpedalProvider
        client={client}
        recovery="start"
        fallback={({ error, retry }) => (
          <button type="button" onClick={retry}>
            {error?.code ?? 'a moment'}
          </button>
        )}
      >
        the app
      </BackpedalProvider>
    </StrictMode>,
  );
  expect(page.text()).toBe('VAULT_UNAVAILABLE');
  await acting(() => page.host.querySelector('button')?.click());
  expect(page.text()).toBe('the app');
  expect(client.calls.map(({ method }) => method)).toEqual(['recover', 'recover']);
});

it('RE7 a recovery that is done stays done: a later one, even one that fails, takes no children away', async () => {
  const client = createTestClient();
  const texts: string[] = [];
  const Child = (): null => {
    texts.push(useRollback(({ recovery, error }) => `${recovery} ${error?.code}`));
    return null;
  };
  const with_ = (recovery: Promise<RecoveryResult>) => (
    <BackpedalProvider client={client} recovery={recovery} fallback="a moment">
      <Child />
    </BackpedalProvider>
  );
  const page = await mount(with_(Promise.resolve(FOUND)));
  await page.render(with_(Promise.reject(fault)));
  expect([...new Set(texts)]).toEqual(['done undefined', 'done VAULT_UNAVAILABLE']);
});

it('RE7 what a recovery has finished is the result', async () => {
  const rollback = { ...(await createTestClient().rollback({ reason: 'USER_REQUEST' })), runId: 'run-7' };
  const client = createTestClient({ methods: { recover: async () => ({ ...FOUND, action: 'resumed', rollback }) } });
  const result = probe((snapshot) => snapshot.result?.runId);
  await mount(
    <BackpedalProvider client={client} recovery="start">
      {result.element}
    </BackpedalProvider>,
  );
  expect(result.last()).toBe('run-7');
});

const stateOf = (client: TestClient) => {
  const shown = probe((snapshot) => `${snapshot.state} ${snapshot.canRollback}`);
  return { shown, element: <BackpedalProvider client={client}>{shown.element}</BackpedalProvider> };
};

it('RE9 providers with clients of their own keep apart, also one inside the other', async () => {
  const [outer, inner] = [createTestClient({ state: 'clearingDatabase' }), createTestClient({ state: 'rolledBack' })];
  const [one, other] = [probe(({ state }) => state), probe(({ state }) => state)];
  await mount(
    <BackpedalProvider client={outer}>
      {one.element}
      <BackpedalProvider client={inner}>{other.element}</BackpedalProvider>
    </BackpedalProvider>,
  );
  await acting(() => outer.show({ state: 'verifyingData' }));
  expect(one.renders).toEqual(['executing.clearingDatabase', 'verifying.verifyingData']);
  expect(other.renders).toEqual(['rolledBack']);
});

it('RE9 providers with the same client know the same, and an action is one object for both', async () => {
  const client = createTestClient({ state: 'unchanged' });
  const [one, other] = [stateOf(client), stateOf(client)];
  const actions = [probe((snapshot) => snapshot.actions), probe((snapshot) => snapshot.actions)] as const;
  await mount(
    <>
      {one.element}
      {other.element}
      <BackpedalProvider client={client}>{actions[0].element}</BackpedalProvider>
      <BackpedalProvider client={client}>{actions[1].element}</BackpedalProvider>
    </>,
  );
  expect(actions[0].last()).toBe(actions[1].last());
  await acting(() => actions[0].last().check());
  expect([one.shown.last(), other.shown.last()]).toEqual(['unchanged true', 'unchanged true']);
});

it('RE9 a provider that is given another client shows that one', async () => {
  const [first, second] = [createTestClient({ state: 'clearingDatabase' }), device().client()];
  const shown = probe(({ state }) => state);
  const page = await mount(<BackpedalProvider client={first}>{shown.element}</BackpedalProvider>);
  await page.render(<BackpedalProvider client={second}>{shown.element}</BackpedalProvider>);
  expect(shown.last()).toBe(null);
  await acting(() => first.show({ state: 'rolledBack' }));
  expect(shown.renders).toEqual(['executing.clearingDatabase', null]);
});
