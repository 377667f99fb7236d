import type { Action } from '../protocol.ts';
import { DRIFTED, type Entries, MERGED, MIGRATED, ORIGINAL } from './content.ts';
import type { Beginning } from './world.ts';

/** How everything is to be after an end. */
export interface Expected {
  /** Every key but the marker. */
  readonly storage: Entries;
  /** The world whose rows there have to be. */
  readonly rows: Beginning;
}

/** What the first process of an episode does, and the ends that it may have. */
export interface NodeScenario {
  readonly name: string;
  readonly action: Action;
  readonly beginning: Beginning;
  /** What is there when it begins; also the end of a process that was killed before its first record. */
  readonly untouched: Expected;
  /** The ends that a run may have once it has begun. */
  readonly ends: Readonly<Partial<Record<'migrated' | 'rolledBack' | 'unchanged', Expected>>>;
}

const original: Expected = { storage: ORIGINAL, rows: 'original' };
const migrated: Expected = { storage: MIGRATED, rows: 'migrated' };
const drifted: Expected = { storage: DRIFTED, rows: 'drifted' };
const merged: Expected = { storage: MERGED, rows: 'original' };

/** Everything that is killed, in its turn. */
export const SCENARIOS: readonly NodeScenario[] = [
  { name: 'migrate', action: 'migrate', beginning: 'original', untouched: original, ends: { migrated } },
  { name: 'rollback', action: 'rollback', beginning: 'migrated', untouched: migrated, ends: { rolledBack: original } },
  { name: 'merge', action: 'merge', beginning: 'drifted', untouched: drifted, ends: { rolledBack: merged } },
  {
    name: 'undo',
    action: 'undo',
    beginning: 'migrated',
    untouched: migrated,
    // Killed before the cancelling was written down, it goes on forwards.
    ends: { unchanged: migrated, rolledBack: original },
  },
];

/** What comes of a rollback that merges, at the end of everything. */
export const takenBack = ({ beginning }: NodeScenario): Expected => (beginning === 'drifted' ? merged : original);
