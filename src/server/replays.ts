import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { deny } from './refusal.ts';

/** What is remembered of the requests that were carried out. */
export interface ReplayLimits {
  readonly remember: number;
  readonly remembered: number;
}

interface Remembered {
  readonly body: string;
  readonly at: number;
  /** `null`: carried out again, because it changes nothing or did not succeed. */
  answer: Promise<string> | null;
}

/** A request under its key. */
export interface Keyed {
  readonly caller: string;
  readonly key: string;
  readonly body: Uint8Array;
  /** Answers of reads are not kept: they may be large, and reading again does no harm. */
  readonly effect: 'reads' | 'writes';
}

/** Carries each request out once. */
export interface Replays {
  /**
   * Does `work`, or gives the answer of the same request: also while that is still under way.
   * @throws RequestRefused `replay` when the key was used with another body
   */
  once(request: Keyed, work: () => Promise<string>): Promise<string>;
}

/**
 * Remembers requests by caller and key. It is the first of two guards: what it has forgotten, or another server
 * remembers, meets the database's own, which knows every step of a run and refuses every older token.
 * @param now milliseconds that never go backwards
 */
export function createReplays(limits: ReplayLimits, now: () => number): Replays {
  const known = new Map<string, Remembered>();

  const forget = (): void => {
    for (const [name, { at }] of known) {
      // In the order in which they came: the first that is young enough ends it.
      if (now() - at < limits.remember && known.size < limits.remembered) return;
      known.delete(name);
    }
  };

  return {
    once({ caller, key, body, effect }, work) {
      const name = JSON.stringify([caller, key]);
      const digest = bytesToHex(sha256(body));
      const before = known.get(name);
      if (before !== undefined && before.body !== digest) deny(409, 'replay');
      if (before?.answer != null) return before.answer;
      forget();
      const mine: Remembered = before ?? { body: digest, at: now(), answer: null };
      known.set(name, mine);
      const answer = work();
      if (effect === 'reads') return answer;
      mine.answer = answer;
      // What failed may be tried again; the database says whether it was done.
      answer.catch(() => {
        mine.answer = null;
      });
      return answer;
    },
  };
}
