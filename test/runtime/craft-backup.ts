import { createHash } from 'node:crypto';

/** What a forger can write into a backup. */
export interface CraftedHead {
  [name: string]: unknown;
  entries: { [name: string]: unknown; key: string; size: number; stored: number; sha256: string }[];
}

export const sha = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** A backup taken apart: its first line without the hash, its head, and the texts of its values. */
export function takeApart(text: string): { head: CraftedHead; values: string[] } {
  const [line = '', json = ''] = text.split('\n', 2);
  const head = JSON.parse(json) as CraftedHead;
  let at = line.length + json.length + 2;
  const values = head.entries.map(({ stored }) => {
    at += stored;
    return text.slice(at - stored, at);
  });
  return { head, values };
}

/** The text of a head and values with every hash over the head right, as a careful forger would write it. */
export function putTogether(
  head: unknown,
  values: readonly string[],
  more: { version?: number; seal?: string } = {},
): string {
  return withHead(JSON.stringify(head), values, more);
}

/** The same for a head that is any text. */
export function withHead(
  json: string,
  values: readonly string[],
  { version = 1, seal }: { version?: number; seal?: string } = {},
): string {
  const proof = seal === undefined ? '' : ` seal:${seal}`;
  return `backpedal-backup/${version} sha256:${sha(json)}${proof}\n${json}\n${values.join('')}`;
}

/** A backup with something changed in its head, and the head's hash made right again. */
export function craft(text: string, change: (head: CraftedHead) => unknown): string {
  const { head, values } = takeApart(text);
  change(head);
  return putTogether(head, values);
}
