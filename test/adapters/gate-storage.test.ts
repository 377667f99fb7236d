import { describe, expect, it } from 'vitest';
import { createJSONStorage, type PersistStorage, persist } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import { gateStorage } from '../../src/adapters/web/gate-storage.ts';
import { memoryStorage } from '../../src/testing/memory-storage.ts';

interface Tasks {
  readonly tasks: readonly string[];
}

const stored = (...tasks: string[]): string => JSON.stringify({ state: { tasks }, version: 0 });

const taskStore = (storage: PersistStorage<Tasks> | undefined) =>
  createStore<Tasks>()(persist<Tasks>(() => ({ tasks: [] }), { name: 'task-store', ...(storage && { storage }) }));

const closed = expect.objectContaining({ code: 'STORAGE_CLOSED', persistence: 'transient' });

describe('gateStorage', () => {
  it('OP1 OP2 refuses writes and removals while it is closed, and reports them', async () => {
    const target = memoryStorage({ entries: { a: 'one' } });
    const refused: string[] = [];
    const gate = gateStorage(target, { initially: 'closed', onRefused: (key) => refused.push(key) });
    expect(() => gate.storage.setItem('a', 'uno')).toThrow(closed);
    expect(() => gate.storage.removeItem('a')).toThrow(closed);
    await expect(gate.asyncStorage.setItem('b', 'due')).rejects.toEqual(closed);
    await expect(gate.asyncStorage.removeItem('a')).rejects.toEqual(closed);
    expect(target.entries()).toEqual([['a', 'one']]);
    expect(target.unflushed()).toBe(0);
    expect(refused).toEqual(['a', 'a', 'b', 'a']);
  });

  it('OP1 lets writes through while it is open', async () => {
    const target = memoryStorage({ entries: { a: 'one', z: 'last' } });
    const gate = gateStorage(target, { initially: 'open' });
    gate.storage.setItem('a', 'uno');
    gate.storage.removeItem('z');
    await gate.asyncStorage.setItem('b', 'due');
    await gate.asyncStorage.setItem('c', 'tre');
    await gate.asyncStorage.removeItem('c');
    expect(target.entries()).toEqual([
      ['a', 'uno'],
      ['b', 'due'],
    ]);
  });

  it('OP3 lets synchronous reads pass while it is closed', () => {
    const gate = gateStorage(memoryStorage({ entries: { a: 'one' } }), { initially: 'closed' });
    expect(gate.storage.getItem('a')).toBe('one');
    expect(gate.storage.getItem('absent')).toBeNull();
  });

  it('OP4 holds asynchronous reads until it is open, also when it closes in between', async () => {
    const target = memoryStorage({ entries: { a: 'one' } });
    const gate = gateStorage(target, { initially: 'closed' });
    let read: string | null = 'nothing yet';
    const reading = gate.asyncStorage.getItem('a').then((value) => {
      read = value;
    });
    await gate.operations.resume();
    void gate.operations.stop();
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    expect(read).toBe('one');
    await reading;

    const second = gate.asyncStorage.getItem('a').then((value) => {
      read = value;
    });
    void gate.operations.resume();
    void gate.operations.stop();
    target.setItem('a', 'two');
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    expect(read).toBe('one');
    void gate.operations.resume();
    await second;
    expect(read).toBe('two');
  });

  it('OP5 stopping and resuming twice is the same as once', async () => {
    const gate = gateStorage(memoryStorage(), { initially: 'open' });
    await gate.operations.stop();
    await gate.operations.stop();
    expect(() => gate.storage.setItem('a', 'x')).toThrow(closed);
    await gate.operations.resume();
    await gate.operations.resume();
    gate.storage.setItem('a', 'x');
    expect(gate.storage.getItem('a')).toBe('x');
  });
});

describe('zustand stores behind the gate', () => {
  it('OP6 an asynchronous store hydrates from what recovery restored', async () => {
    const target = memoryStorage({ entries: { 'task-store': stored('stale') } });
    const gate = gateStorage(target, { initially: 'closed' });
    const store = taskStore(createJSONStorage(() => gate.asyncStorage));
    const hydrated = new Promise<Tasks>((resolve) => store.persist.onFinishHydration(resolve));
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(store.persist.hasHydrated()).toBe(false);
    target.setItem('task-store', stored('restored'));
    await gate.operations.resume();
    expect((await hydrated).tasks).toEqual(['restored']);
    expect(target.getItem('task-store')).toBe(stored('restored'));
  });

  it('OP7 a synchronous store that is set while the gate is closed is told and overwrites nothing', async () => {
    const target = memoryStorage({ entries: { 'task-store': stored('first') } });
    const refused: string[] = [];
    const gate = gateStorage(target, { initially: 'open', onRefused: (key) => refused.push(key) });
    const store = taskStore(createJSONStorage(() => gate.storage));
    expect(store.getState().tasks).toEqual(['first']);
    await gate.operations.stop();
    expect(() => store.setState({ tasks: ['late'] })).toThrow(closed);
    expect(target.getItem('task-store')).toBe(stored('first'));
    expect(refused).toEqual(['task-store']);
    await gate.operations.resume();
    store.setState({ tasks: ['in time'] });
    expect(target.getItem('task-store')).toBe(stored('in time'));
  });

  it('OP7 so is an asynchronous one', async () => {
    const target = memoryStorage({ entries: { 'task-store': stored('first') } });
    const gate = gateStorage(target, { initially: 'open' });
    const store = taskStore(createJSONStorage(() => gate.asyncStorage));
    await store.persist.rehydrate();
    await gate.operations.stop();
    await expect(store.setState({ tasks: ['late'] })).rejects.toEqual(closed);
    expect(target.getItem('task-store')).toBe(stored('first'));
  });
});
