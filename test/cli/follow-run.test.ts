import { describe, expect, it } from 'vitest';
import { questionKey } from '../../src/cli/answers.ts';
import { followRun } from '../../src/cli/follow-run.ts';
import type { ProgressDisplay } from '../../src/cli/progress.ts';
import { deferred } from './deferred.ts';
import { fakeClient } from './fake-client.ts';
import { QUESTION } from './samples.ts';

function fakeDisplay(): ProgressDisplay & { readonly shown: string[] } {
  const shown: string[] = [];
  return { shown, show: ({ currentStep }) => shown.push(currentStep), clear: () => shown.push('(cleared)') };
}

const working = { activity: 'rollback', runId: 'r1' } as const;
const deciding = { ...working, state: 'preparing.deciding', question: QUESTION, currentStep: 'Waiting' } as const;
const nobodyAsks = (): Promise<never> => Promise.reject(new Error('asked'));

describe('following a run', () => {
  it('CM3 shows every step until the end, and the end only when all was done', async () => {
    const { client, show } = fakeClient();
    const display = fakeDisplay();
    const end = deferred<string>();
    const followed = followRun(client, display, () => end.promise, nobodyAsks);
    show({ ...working, currentStep: 'one' });
    show({ ...working, currentStep: 'nothing was changed', stage: 'FAILED', progress: 40 });
    show({ ...working, currentStep: 'done', stage: 'COMPLETED', progress: 100 });
    end.resolve('result');
    expect(await followed).toEqual({ status: 'ended', result: 'result' });
    expect(display.shown).toEqual(['one', 'done', '(cleared)']);
    show({ ...working, currentStep: 'after the end' });
    expect(display.shown).not.toContain('after the end');
  });

  it('CM8 stops at a question that is left to somebody else', async () => {
    const { client, show } = fakeClient();
    const followed = followRun(
      client,
      fakeDisplay(),
      () => new Promise<never>(() => {}),
      async () => 'left',
    );
    show(deciding);
    expect(await followed).toEqual({ status: 'waiting', runId: 'r1', question: QUESTION });
  });

  it('CM7 puts a question once, also when it is shown again and again, and shows nothing over it', async () => {
    const { client, show } = fakeClient();
    const display = fakeDisplay();
    const end = deferred<string>();
    const answered = deferred<'answered'>();
    const asked: string[] = [];
    const followed = followRun(
      client,
      display,
      () => end.promise,
      (question) => {
        asked.push(questionKey(question));
        return answered.promise;
      },
    );
    show(deciding);
    show({ ...deciding, question: null });
    show(deciding);
    expect(display.shown).toEqual(['(cleared)']);
    answered.resolve('answered');
    await answered.promise;
    await Promise.resolve();
    show({ ...deciding, question: null });
    show(deciding);
    end.resolve('result');
    await followed;
    expect(asked).toEqual(['d1']);
  });

  it('CM7 puts a question about other drift again', async () => {
    const { client, show } = fakeClient();
    const asked: string[] = [];
    const end = deferred<string>();
    const followed = followRun(
      client,
      fakeDisplay(),
      () => end.promise,
      async (question) => {
        asked.push(questionKey(question));
        return 'answered';
      },
    );
    show(deciding);
    await Promise.resolve();
    await Promise.resolve();
    show({ ...deciding, question: { ...QUESTION, driftDigest: 'd2' } });
    end.resolve('result');
    await followed;
    expect(asked).toEqual(['d1', 'd2']);
  });

  it('CM8 does not put the question that is being answered', async () => {
    const { client, show } = fakeClient();
    const end = deferred<string>();
    const followed = followRun(client, fakeDisplay(), () => end.promise, nobodyAsks, 'd1');
    show(deciding);
    end.resolve('result');
    expect(await followed).toEqual({ status: 'ended', result: 'result' });
  });

  it('CM10 fails with what the run or the answer failed with', async () => {
    const { client, show } = fakeClient();
    await expect(followRun(client, fakeDisplay(), () => Promise.reject(new Error('run')), nobodyAsks)).rejects.toThrow(
      'run',
    );
    const followed = followRun(client, fakeDisplay(), () => new Promise<never>(() => {}), nobodyAsks);
    show(deciding);
    await expect(followed).rejects.toThrow('asked');
  });
});
