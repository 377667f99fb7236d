/** A task as the benched app keeps it: a few fields and the messages that were written about it. */
export interface Task {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly priority: number;
  readonly createdAt: string;
  readonly messages: readonly { readonly from: string; readonly text: string; readonly at: string }[];
}

const WORDS = 'the build of a branch fails on main when tests are run twice in one environment after a merge'.split(
  ' ',
);

/** A small generator of numbers from 0 to 1 that gives the same ones each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** So many tasks of 250 to 900 characters, the same ones each time. */
export function makeTasks(count: number): Task[] {
  const random = seeded(count);
  const sentence = (words: number): string =>
    Array.from({ length: words }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');
  return Array.from({ length: count }, (_, index) => ({
    id: `task-${index.toString(36).padStart(6, '0')}`,
    title: sentence(4 + Math.floor(random() * 4)),
    status: random() < 0.5 ? 'open' : 'done',
    priority: Math.floor(random() * 5),
    createdAt: new Date(1_700_000_000_000 + index * 60_000).toISOString(),
    messages: Array.from({ length: 1 + Math.floor(random() * 4) }, () => ({
      from: random() < 0.5 ? 'user' : 'assistant',
      text: sentence(8 + Math.floor(random() * 12)),
      at: new Date(1_700_000_000_000 + index * 61_000).toISOString(),
    })),
  }));
}

/** The tasks as zustand's `persist` keeps them. */
export const storeText = (tasks: readonly Task[]): string =>
  JSON.stringify({ state: { tasks, filter: 'open' }, version: 3 });
