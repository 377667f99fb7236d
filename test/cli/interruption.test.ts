import { describe, expect, it } from 'vitest';
import { handleInterrupts } from '../../src/cli/interruption.ts';
import { surroundingsOf } from '../../src/cli/io.ts';
import { createOutput } from '../../src/cli/output.ts';
import type { Setting } from '../../src/cli/setting.ts';
import { BackpedalError } from '../../src/index.ts';
import { type FakeClient, fakeClient } from './fake-client.ts';
import { type FakeIo, fakeIo } from './fake-io.ts';
import { nobody } from './people.ts';

const display = { show: () => {}, clear: () => {} };
const working = { activity: 'rollback', runId: 'r1', state: 'executing.clearingDatabase' } as const;

function settingOf({ io }: FakeIo, format: 'json' | 'text' = 'text'): Setting {
  return {
    io,
    surroundings: surroundingsOf(io, format),
    output: createOutput(io, format),
    prompts: nobody,
    configFile: undefined,
    loadOptions: () => Promise.reject(new Error('loaded')),
    createClient: () => {
      throw new Error('created');
    },
  };
}

function handled(fake: FakeClient, format: 'json' | 'text' = 'text') {
  const io = fakeIo();
  return { io, interruption: handleInterrupts(settingOf(io, format), fake.client, display) };
}

/** Lets everything that is ready happen. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Ctrl-C', () => {
  it('CM13 cancels where that is possible, and says so', async () => {
    const fake = fakeClient();
    const { io, interruption } = handled(fake);
    fake.show({ ...working, canCancel: true });
    io.interrupt();
    await settle();
    expect(fake.calls).toEqual(['cancel']);
    expect(interruption.cancelled()).toBe(true);
    expect(io.stderr()).toContain('Cancelling');
    expect(io.exits).toEqual([]);
  });

  it('CM13 says when it is too late to cancel, and lets the run go on', async () => {
    const fake = fakeClient();
    const { io, interruption } = handled(fake);
    fake.show({ ...working, canCancel: false });
    io.interrupt();
    await settle();
    expect(fake.calls).toEqual([]);
    expect(interruption.cancelled()).toBe(false);
    expect(io.stderr()).toContain('too late to cancel');
    expect(io.exits).toEqual([]);
  });

  it('CM13 a second time leaves at once with 130, and names the run that stays open', async () => {
    const fake = fakeClient();
    const { io } = handled(fake);
    fake.show({ ...working, canCancel: false });
    io.interrupt();
    io.interrupt();
    await settle();
    expect(io.exits).toEqual([130]);
    expect(io.stderr()).toContain('The run r1 is open');
  });

  it('CM13 leaves at once with 130 when no run is under way', async () => {
    const { io } = handled(fakeClient());
    io.interrupt();
    await settle();
    expect(io.exits).toEqual([130]);
    expect(io.stderr()).toContain('No run was under way');
  });

  it('CM2 leaves one JSON value on stdout also when it leaves at once', async () => {
    const fake = fakeClient();
    const { io } = handled(fake, 'json');
    fake.show(working);
    io.interrupt();
    io.interrupt();
    await settle();
    expect(JSON.parse(io.stdout())).toEqual({ interrupted: { runId: 'r1' } });
  });

  it('CM13 says when the run could not be cancelled after all', async () => {
    const fake = fakeClient({ cancel: () => Promise.reject(new BackpedalError('CANCEL_TOO_LATE', 'Too late.')) });
    const { io, interruption } = handled(fake);
    fake.show({ ...working, canCancel: true });
    io.interrupt();
    await settle();
    expect(io.stderr()).toContain('CANCEL_TOO_LATE: Too late.');
    expect(interruption.cancelled()).toBe(false);
  });

  it('CM13 is not listened to any longer when the run is over', async () => {
    const { io, interruption } = handled(fakeClient());
    interruption.stop();
    io.interrupt();
    await settle();
    expect(io.exits).toEqual([]);
  });
});
