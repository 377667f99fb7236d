import type { Backpedal, RollbackStatus } from '../../src/index.ts';
import { statusOf } from './samples.ts';

/** The part of a client that is looked at while a run is under way, moved by hand. */
export interface FakeClient {
  readonly client: Backpedal;
  readonly show: (parts: Partial<RollbackStatus>) => void;
  /** What was asked of it, in order. */
  readonly calls: string[];
}

/** @param parts methods that a test gives in place of those that only take note */
export function fakeClient(parts: Partial<Backpedal> = {}): FakeClient {
  let status = statusOf({});
  const listeners = new Set<() => void>();
  const calls: string[] = [];
  const client = {
    getSnapshot: () => status,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    cancel: async () => {
      calls.push('cancel');
    },
    decide: async ({ choice, driftDigest }: { choice: string; driftDigest?: string }) => {
      calls.push(`decide ${choice} ${driftDigest}`);
    },
    ...parts,
  } as unknown as Backpedal;
  return {
    client,
    calls,
    show: (changes) => {
      status = statusOf(changes);
      for (const listener of [...listeners]) listener();
    },
  };
}
