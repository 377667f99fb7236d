/** What the app's users have made: environments, and tasks that hold messages. */
import type { SeededRandom } from './seeded-random.ts';

/** An environment as the app keeps it in its store. */
export interface Environment {
  readonly id: string;
  readonly name: string;
  readonly repository: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly isDefault: boolean;
  readonly createdAt: number;
}

/** One message of a task. */
export interface Message {
  readonly id: string;
  readonly role: 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly sentAt: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What a task can be. */
export type TaskStatus = 'open' | 'in_progress' | 'done';

/** A task as the app keeps it in its store. */
export interface Task {
  readonly id: string;
  readonly title: string;
  readonly status: TaskStatus;
  readonly environmentId: string | null;
  readonly isPinned: boolean;
  readonly labels: readonly string[];
  readonly messages: readonly Message[];
  readonly createdAt: number;
}

const FIRST_DAY = Date.UTC(2025, 0, 6, 8);
const MINUTE = 60_000;

const TITLES = [
  'Rename the settings page',
  'Fix the login on old phones 📱',
  'إصلاح صفحة الدفع',
  'בדיקת טופס ההרשמה',
  'Überprüfe die Rückläufer',
  '検索結果を並べ替える',
  'Why is "export" slow? 🐢',
  'Path C:\\temp\\new is not found',
] as const;

const TEXTS = [
  'Done. 👩🏽‍💻 Please have a look.',
  'שלום! אפשר לבדוק שוב?',
  'مرحبًا، تم التعديل ‏(v2)‏.',
  'The test says:\n\texpected 3, received "4"',
  'Use <b>bold</b> & not *bold*; see https://example.com/a?b=c&d=%20#e',
  '🏳️‍🌈 ok',
  'Zeile eins\r\nZeile zwei\u2028Zeile drei',
  '',
] as const;

const numbered = (prefix: string, number: number): string => `${prefix}-${String(number).padStart(3, '0')}`;

/** Twelve environments or any other number of them. */
export function createEnvironments(random: SeededRandom, count: number): Environment[] {
  return Array.from({ length: count }, (_, index) => ({
    id: numbered('env', index + 1),
    name: `${random.pick(['Staging', 'Préprod', '本番', 'Test 🧪'])} ${index + 1}`,
    repository: `example/app-${index + 1}`,
    variables: { NODE_ENV: random.pick(['production', 'test']), 'FLAG.β': String(random.below(2)), EMPTY: '' },
    isDefault: index === 0,
    createdAt: FIRST_DAY + index * MINUTE,
  }));
}

function createMessages(random: SeededRandom, task: string, start: number): Message[] {
  return Array.from({ length: 1 + random.below(6) }, (_, index) => {
    const role = random.pick<Message['role']>(['user', 'assistant', 'tool']);
    const usage = { tokens: { in: random.below(4_000), out: random.below(900) }, cost: random.below(100) / 1_000 };
    return {
      id: `${task}/${index + 1}`,
      role,
      content: random.pick(TEXTS),
      sentAt: new Date(start + index * MINUTE).toISOString(),
      ...(role === 'user' ? {} : { details: { usage, files: [{ path: 'src/näme.ts', lines: [1, 2.5, null] }] } }),
    };
  });
}

/** Tasks, some of them in one of the environments. */
export function createTasks(random: SeededRandom, count: number, environments: readonly Environment[]): Task[] {
  return Array.from({ length: count }, (_, index) => {
    const id = numbered('task', index + 1);
    const createdAt = FIRST_DAY + (index + 1) * 90 * MINUTE;
    return {
      id,
      title: random.pick(TITLES),
      status: random.pick<TaskStatus>(['open', 'in_progress', 'done']),
      environmentId: random.below(4) === 0 ? null : (environments[random.below(environments.length)]?.id ?? null),
      isPinned: random.below(10) === 0,
      labels: random.below(2) === 0 ? [] : ['backend', random.pick(['großes Ziel', 'p0', '🔥'])],
      messages: createMessages(random, id, createdAt),
      createdAt,
    };
  });
}
