import type { Backpedal } from '../../src/runtime/public-types.ts';
import type { RecoveryResult } from '../../src/runtime/record-types.ts';
import type { MigrationState, Question } from '../../src/runtime/status-types.ts';
import type { ManualClock } from '../../src/testing/index.ts';
import { type Witness, witness } from '../support/invariants.ts';
import { type Call, createMeter, type Meter } from './numbered-ports.ts';
import { type Process, startProcess, type World } from './world.ts';

/** Answers of a person, by question; of what is not foreseen a person wants nothing that loses anything. */
export type Answers = Readonly<Partial<Record<Question['question'], string>>>;

/** A world in which a situation comes about, and what has been seen of it. */
export interface Scene {
  readonly world: World;
  /** How everything has to be when the migration is in this state. */
  readonly ends: Map<MigrationState, Witness>;
  /** How else everything may be where it was rolled back: as the rows prove that it was. */
  readonly proved: Witness[];
  /** What nobody may lose. */
  custody: Witness;
  /** A process without faults. */
  start(): Process;
  /** What people have thrown away themselves nobody has to keep. */
  abandonEdits(): void;
  until<T>(work: Promise<T>): Promise<T>;
  /** Notes that this is how everything has to be in that state, and that none of it may get lost. */
  mark(state: MigrationState): void;
}

const HOUR = 3_600_000;

/** Lets time pass until work has settled; fails after an hour. */
export async function until<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const late = clock.sleep(HOUR, settled.signal).then((): never => {
    throw new Error('it never ended');
  });
  try {
    return await clock.until(Promise.race([work, late]));
  } finally {
    late.catch(() => undefined);
    settled.abort();
  }
}

/** A scene in a world; its processes have names of their own. */
export function sceneIn(world: World, name: string): Scene {
  let processes = 0;
  const original = witness(world);
  const scene: Scene = {
    world,
    // A migration that is undone has rolled itself back, or has changed nothing.
    ends: new Map([
      ['NOT_STARTED', original],
      ['ROLLED_BACK', original],
    ]),
    proved: [],
    custody: original,
    start: () => {
      processes += 1;
      return startProcess(world, `${name}-${processes}`, createMeter());
    },
    until: (work) => until(world.clock, work),
    abandonEdits: () => {
      scene.custody = { ...scene.custody, storage: original.storage };
    },
    mark: (state) => {
      const now = witness(world);
      scene.ends.set(state, now);
      // What a rollback has merged lies in no backup, and its rows in the archive.
      if (state !== 'ROLLED_BACK')
        scene.custody = { storage: new Map([...scene.custody.storage, ...now.storage]), tables: now.tables };
    },
  };
  return scene;
}

/** A process that dies as soon as it has recorded this state, in whichever chart. */
export async function dieIn(scene: Scene, state: string, act: (client: Backpedal) => Promise<unknown>): Promise<void> {
  const isThere = ({ port, operation, arguments: args }: Call): boolean =>
    port === 'vault' && operation === 'putIfAbsent' && String(args[1]).includes(`"${state}"`);
  let process: Process | null = null;
  let isDead = false;
  const meter: Meter = createMeter({
    isFirst: isThere,
    meet: async (_, perform) => {
      await perform();
      isDead = true;
      process?.kill();
    },
  });
  process = startProcess(scene.world, 'doomed', meter);
  act(process.client).catch(() => undefined);
  for (let seconds = 0; seconds < 60 && !isDead; seconds++) await scene.world.clock.advance(1000);
  if (!isDead) throw new Error(`It never came to ${state}.`);
}

const CAREFUL: Required<Answers> = {
  drift: 'merge',
  olderBackup: 'stop',
  reconstruction: 'stop',
  emptiedStorage: 'restore',
};

/** The answer of a person who has the choice. */
export function answerTo({ question, choices }: Question, answers: Answers): { question: string; choice: string } {
  const [first = ''] = choices;
  const wanted = answers[question] ?? CAREFUL[question];
  return { question, choice: (choices as readonly string[]).includes(wanted) ? wanted : first };
}

/** A person who looks every second and answers what is asked, as long as `work` goes on. */
export async function answering<T>(
  clock: ManualClock,
  client: Backpedal,
  answers: Answers,
  work: Promise<T>,
): Promise<T> {
  let isDeciding = false;
  const stop = clock.every(1000, () => {
    const { question } = client.getSnapshot();
    if (question === null || isDeciding) return;
    isDeciding = true;
    // A refusal is seen by the person, who tries again.
    client
      .decide(answerTo(question, answers) as never)
      .catch(() => undefined)
      .finally(() => {
        isDeciding = false;
      });
  });
  try {
    return await work;
  } finally {
    stop();
  }
}

function unlessAnswered(error: unknown): void {
  if ((error as { readonly code?: string }).code !== 'QUESTION_NOT_OPEN') throw error;
}

/** Recovers as an app does, with a person who answers what is asked. */
export async function recoverWith(clock: ManualClock, client: Backpedal, answers: Answers): Promise<RecoveryResult> {
  for (let times = 1; ; times++) {
    const result = await client.recover();
    if (result.action !== 'waiting' || times === 6) return result;
    const { question } = client.getSnapshot();
    // What has been answered a moment ago is still shown until the answer is recorded.
    if (question !== null) await client.decide(answerTo(question, answers) as never).catch(unlessAnswered);
    await clock.sleep(1000);
  }
}
