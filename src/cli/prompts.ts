import { confirm, isCancel, select, text } from '@clack/prompts';
import type { Io } from './io.ts';

/** One of several answers. */
export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly hint: string;
}

/** Questions to a person in a terminal. Ctrl-C is always the answer that changes nothing. */
export interface Prompts {
  /** Yes or no; no unless chosen. */
  readonly confirm: (message: string) => Promise<boolean>;
  /** The first choice is the one that is taken without thinking, so it has to be the safe one. */
  readonly choose: <Value extends string>(message: string, choices: readonly Choice<Value>[]) => Promise<Value | null>;
  /** Whether the person has typed this word, for what cannot be taken back. */
  readonly typed: (message: string, word: string) => Promise<boolean>;
}

/** Prompts on stderr, so that stdout has nothing but the result. */
export function terminalPrompts(io: Io): Prompts {
  const streams = { input: io.stdin, output: io.stderr };
  return {
    async confirm(message) {
      return (await confirm({ ...streams, message, initialValue: false })) === true;
    },
    async choose(message, choices) {
      const answer = await select<string>({
        ...streams,
        message,
        options: [...choices],
        initialValue: choices[0]?.value ?? '',
      });
      return isCancel(answer) ? null : (choices.find(({ value }) => value === answer)?.value ?? null);
    },
    async typed(message, word) {
      const answer = await text({ ...streams, message: `${message} Type "${word}" to go on.` });
      return !isCancel(answer) && answer === word;
    },
  };
}
