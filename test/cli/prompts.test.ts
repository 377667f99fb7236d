import type { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { askAboutDrift } from '../../src/cli/drift-question.ts';
import { type Prompts, terminalPrompts } from '../../src/cli/prompts.ts';
import { fakeIo } from './fake-io.ts';

const ENTER = '\r';
const DOWN = '\u001b[B';
const CTRL_C = '\u0003';

/** Answers a prompt with these keys, as soon as it is there to read them. */
async function press<Answer>(ask: (prompts: Prompts) => Promise<Answer>, ...keys: string[]) {
  const fake = fakeIo({ terminal: true });
  const stdin = fake.io.stdin as unknown as PassThrough;
  Object.assign(stdin, { setRawMode: () => stdin });
  const answer = ask(terminalPrompts(fake.io));
  for (const key of keys) {
    await new Promise((resolve) => setImmediate(resolve));
    stdin.write(key);
  }
  return { answer: await answer, stdout: fake.stdout(), stderr: fake.stderr() };
}

describe('prompts', () => {
  it('CM7 take no for an answer when a person just presses Enter', async () => {
    expect((await press((prompts) => prompts.confirm('Roll back now?'), ENTER)).answer).toBe(false);
    expect((await press((prompts) => prompts.confirm('Roll back now?'), 'y')).answer).toBe(true);
    expect((await press((prompts) => prompts.confirm('Roll back now?'), CTRL_C)).answer).toBe(false);
  });

  it('CM7 cancel when a person just presses Enter, or Ctrl-C', async () => {
    const ask = (prompts: Prompts) => askAboutDrift(prompts, '1 row added');
    expect((await press(ask, ENTER)).answer).toBe('cancel');
    expect((await press(ask, CTRL_C)).answer).toBe('cancel');
    expect((await press(ask, DOWN, ENTER)).answer).toBe('merge');
  });

  it('CM7 discard only when the word is typed', async () => {
    const ask = (prompts: Prompts) => askAboutDrift(prompts, '1 row added');
    const typed = await press(ask, DOWN, DOWN, ENTER, ...'discard', ENTER);
    expect(typed.answer).toBe('discard');
    expect((await press(ask, DOWN, DOWN, ENTER, ENTER)).answer).toBe('cancel');
    expect((await press(ask, DOWN, DOWN, ENTER, 'y', ENTER)).answer).toBe('cancel');
  });

  it('CM2 are shown on stderr, so that stdout has nothing but the result', async () => {
    const { stdout, stderr } = await press((prompts) => prompts.confirm('Roll back now?'), ENTER);
    expect(stdout).toBe('');
    expect(stderr).toContain('Roll back now?');
  });
});
