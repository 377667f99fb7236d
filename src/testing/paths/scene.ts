import { DatabaseError } from '../../errors.ts';
import type { FaultyPorts } from './app-process.ts';
import { failNext, type Stage, stealLease, variant } from './stage.ts';

/** How the next step of a path is brought about. */
export type Scene =
  /** The command of the present state answers by itself, after `prepare` has set the stage. */
  | { readonly kind: 'answer'; readonly prepare?: (stage: Stage) => void | Promise<void> }
  /** Somebody does something while the command is held at its beginning, or once this call of it has been made. */
  | {
      readonly kind: 'act';
      readonly act: (stage: Stage) => void | Promise<void>;
      readonly moment: 'atOnce' | 'atPorts' | { readonly port: keyof FaultyPorts; readonly operation: string };
    }
  /**
   * The process dies before the command has done anything, or before what it answers is durable; `prepare` happens
   * meanwhile.
   */
  | {
      readonly kind: 'crash';
      readonly moment: 'atOnce' | 'atRecord';
      readonly prepare?: (stage: Stage) => void | Promise<void>;
    };

/** The call of a command that carries its effect: what fails when the command is to fail. */
export interface MainCall {
  readonly port: keyof FaultyPorts;
  readonly operation: string;
  /** Part of the first argument, for vaults. */
  readonly name?: string;
  /** Whether it may fail although it has been done; where the port's contract rules that out, it is not tried. */
  readonly alsoAfter?: 'alsoAfter';
}

/** The command fails, in the way that its main call does. */
export function failing(main: MainCall, persistence: 'transient' | 'permanent'): Scene {
  const { port, operation, name } = main;
  return {
    kind: 'answer',
    prepare: (stage) => {
      const moment = main.alsoAfter === undefined || variant(stage, 2) === 0 ? 'before' : 'after';
      const when = name === undefined ? {} : { when: isNamed(name) };
      failNext(stage, port, operation, persistence, { moment, ...when });
    },
  };
}

const isNamed =
  (name: string) =>
  ({ arguments: [first] }: { readonly arguments: readonly unknown[] }): boolean =>
    String(first).includes(name);

/** Somebody does something before the command has had any effect or, every other time, when it has had its effect. */
export function acting(
  main: MainCall | undefined,
  stage: Stage,
  act: (stage: Stage) => void | Promise<void>,
): Extract<Scene, { kind: 'act' }> {
  const isLate = main !== undefined && main.name === undefined && variant(stage, 2) === 1;
  return { kind: 'act', act, moment: isLate ? { port: main.port, operation: main.operation } : 'atOnce' };
}

/** The lease is lost: by the database's word, or by that of the local lock. */
export function losingOwnership(main: MainCall | undefined, stage: Stage): Scene {
  const isFenced = main?.port === 'database' && ['clear', 'record', 'copy', 'digest'].includes(main.operation);
  if (isFenced && variant(stage, 3) > 0) return { kind: 'answer', prepare: stealLease };
  return acting(main, stage, ({ world }) => world.people.stealLock());
}

const LIMIT_IN_STEPS = 20;

/** The n-th trigger of a process, counted from 0: memory, the database, time. */
export function triggering(stage: Stage, before: number): Scene {
  if (before === 0) {
    stage.process.answerMemory(0.99);
    return { kind: 'act', act: () => {}, moment: 'atPorts' };
  }
  return { kind: 'act', act: before === 1 ? loseDatabase : passTime, moment: 'atOnce' };
}

/** Two questions in a row whether the database is there go unanswered. */
export async function loseDatabase({ process, clock }: Stage): Promise<void> {
  const lost = new DatabaseError('DATABASE_UNAVAILABLE', 'Told to fail.', { persistence: 'transient' });
  for (let ping = 0; ping < 2; ping++) {
    process.faulty.database.add({ operation: 'ping', moment: 'before', behaviour: { throws: lost } });
    for (let second = 0; second < 5; second++) clock.tick(1000);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }
}

/** So much active time passes that the run has used up its own. */
async function passTime({ world, clock }: Stage): Promise<void> {
  for (let passed = 0; passed <= world.migration.triggers.timeout; passed += LIMIT_IN_STEPS) {
    clock.tick(LIMIT_IN_STEPS);
  }
}
