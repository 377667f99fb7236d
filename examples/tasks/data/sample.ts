import type { Project, Task, TaskStatus } from './model.ts';

/** What a new visitor finds. */
export const SAMPLE_PROJECTS: readonly Project[] = [
  { id: 'home', name: 'Home', hue: 160 },
  { id: 'launch', name: 'Launch', hue: 262 },
  { id: 'garden', name: 'Garden', hue: 40 },
];

const titles: readonly (readonly [string, string, TaskStatus, string])[] = [
  ['Call the landlord about the boiler', 'home', 'open', 'Before Thursday, he said.'],
  ['Write the announcement', 'launch', 'doing', 'Short. What changes for people, and when.'],
  ['Order seeds: tomatoes, basil, marigolds', 'garden', 'open', ''],
  ['Ask Zoë and Łukasz for a review', 'launch', 'open', 'They have seen the first draft.'],
  ['Fix the “remember me” box', 'launch', 'done', ''],
  ['Return the library books', 'home', 'done', ''],
  ['Prune the apple tree', 'garden', 'open', 'Only on a dry day.'],
  ['Rehearse the demo with a stopwatch', 'launch', 'open', ''],
];

const DAY = 86_400_000;

/** What there is to be done at the beginning. */
export const SAMPLE_TASKS: readonly Task[] = titles.map(([title, projectId, status, notes], index) => ({
  id: `sample-${index + 1}`,
  title,
  status,
  projectId,
  isPinned: index === 1,
  notes,
  createdAt: Date.UTC(2026, 0, 5) + index * DAY,
}));

const VERBS = ['Check', 'Tidy up', 'Write down', 'Measure', 'Draw', 'Ask about', 'Book', 'Repair'];
const THINGS = ['the invoices', 'the shed', 'chapter', 'the east wall', 'the map', 'the permit', 'a table', 'the gate'];

/** So many more, for those who want to see something move. */
export const manyTasks = (count: number, projectId: string): Task[] =>
  Array.from({ length: count }, (_, index) => ({
    id: crypto.randomUUID(),
    title: `${VERBS[index % 8]} ${THINGS[(index * 5) % 8]} ${index + 1}`,
    status: index % 4 === 0 ? 'done' : 'open',
    projectId,
    isPinned: false,
    notes: index % 3 === 0 ? 'There is a longer story behind this one, which is told another time.' : '',
    createdAt: Date.now() + index,
  }));
