import type { Choice, Prompts } from '../../src/cli/prompts.ts';

/** Somebody who must not be asked. */
export const nobody: Prompts = {
  confirm: () => Promise.reject(new Error('asked')),
  choose: () => Promise.reject(new Error('asked')),
  typed: () => Promise.reject(new Error('asked')),
};

/** A person who answers in this order; every question is noted. */
export function person(...answers: readonly (string | boolean | null)[]): Prompts & { readonly asked: string[] } {
  const asked: string[] = [];
  const left = [...answers];
  const next = (message: string): string | boolean | null | undefined => {
    asked.push(message);
    return left.shift();
  };
  return {
    asked,
    confirm: async (message) => next(message) === true,
    typed: async (message, word) => next(message) === word,
    choose: async <Value extends string>(message: string, choices: readonly Choice<Value>[]) => {
      const answer = next(`${message} [${choices.map(({ value }) => value).join(', ')}]`);
      return choices.find(({ value }) => value === answer)?.value ?? null;
    },
  };
}
