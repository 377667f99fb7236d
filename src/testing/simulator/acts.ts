import type { DriftPolicy } from '../../definition/types.ts';
import type { Fate, PortName } from './scheduler.ts';
import type { WorldOptions } from './world.ts';

/** What is asked of a new process. */
export type Wish = 'migrate' | 'rollback' | 'recover';

/** Which of the writes that are not on disk survive a crash: chosen by two numbers from 0 to below 1. */
export interface CrashPlan {
  readonly kept: number;
  readonly torn: number;
}

/** One thing that happens. */
export type Deed =
  | { readonly do: 'start'; readonly wish: Wish; readonly onDrift?: DriftPolicy }
  /** The next call, or the next one of this port, meets this fate; and so many further calls of the same port. */
  | { readonly do: 'fail'; readonly fate: Fate; readonly port?: PortName; readonly more: number }
  /** The process of the next call dies, right before it takes effect or right after. */
  | { readonly do: 'die'; readonly moment: 'before' | 'after' }
  /** It stops getting answers, and its lock is taken away. */
  | { readonly do: 'freeze'; readonly moment: 'before' | 'after' }
  | { readonly do: 'thaw' }
  /** The browser, or the whole machine, dies with every process on it. */
  | { readonly do: 'crash'; readonly plan: CrashPlan }
  | { readonly do: 'flush' }
  | { readonly do: 'write'; readonly key: number; readonly value: number }
  | { readonly do: 'empty' }
  | { readonly do: 'row'; readonly table: number; readonly id: number; readonly change: number }
  /** A reader of the database fills the cache, so many calls after it has read the row. */
  | { readonly do: 'read'; readonly table: number; readonly id: number; readonly delay: number }
  | { readonly do: 'jump'; readonly milliseconds: number }
  | { readonly do: 'pass'; readonly milliseconds: number }
  | { readonly do: 'decide'; readonly choice: number }
  | { readonly do: 'cancel' }
  /** The newest backup in the vault is cut, behind the vault's back; `head` is its short description. */
  | { readonly do: 'damage'; readonly part: 'head' | 'content' }
  /** Memory is nearly used up for so many looks. */
  | { readonly do: 'fillMemory'; readonly looks: number };

/** When: after so many further calls, or at the so-manyth call while the chart is in this state. */
export type When = { readonly after: number } | { readonly state: string; readonly calls: number };

/** A deed and its moment, which counts from the deed before. */
export interface Act {
  readonly when: When;
  readonly deed: Deed;
}

/** What has been done before the schedule begins; `migratedTwice`: rolled back in between, so that there is an older backup. */
export type Start = 'fresh' | 'migrated' | 'migratedTwice';

/** Everything that a seed decides. Leaving acts out gives a simpler schedule that can be played just as well. */
export interface Schedule {
  readonly seed: number;
  readonly world: WorldOptions;
  readonly start: Start;
  readonly acts: readonly Act[];
  /** Whether calls of several processes are answered in an order that the seed decides, or as they come. */
  readonly order: 'seeded' | 'asAsked';
  /** What becomes of the processes that are left at the end, before a good one recovers. */
  readonly ending: 'closed' | 'killed' | 'crashed' | 'left';
  /** Whether a crash may lose bursts that a run has gone on from; settling has to find them out. */
  readonly bursts: 'kept' | 'lost';
}

/** The columns of the table of cells: what can happen to a run in a state. */
export const HAPPENINGS = [
  'fails',
  'fails for good',
  'answer lost',
  'hangs',
  'hangs after',
  'late',
  'process dies',
  'machine dies',
  'frozen',
  'app writes a key',
  'app empties storage',
  'app changes a row',
  'clock jumps',
  'cancelled',
  'another tab',
  'memory full',
] as const;

/** A column of the table of cells. */
export type Happening = (typeof HAPPENINGS)[number];

/** The column that a deed belongs to; `null` for what is no trouble. */
export function happeningOf(deed: Deed): Happening | null {
  switch (deed.do) {
    case 'fail':
      return happeningOfFate(deed.fate);
    case 'start':
      return 'another tab';
    case 'die':
      return 'process dies';
    case 'crash':
      return 'machine dies';
    case 'freeze':
      return 'frozen';
    case 'write':
      return 'app writes a key';
    case 'empty':
      return 'app empties storage';
    case 'row':
      return 'app changes a row';
    case 'jump':
      return 'clock jumps';
    case 'cancel':
      return 'cancelled';
    case 'fillMemory':
      return 'memory full';
    default:
      return null;
  }
}

function happeningOfFate(fate: Fate): Happening | null {
  switch (fate.kind) {
    case 'fails':
      return fate.persistence === 'transient' ? 'fails' : 'fails for good';
    case 'answerLost':
      return 'answer lost';
    case 'hangs':
      return 'hangs';
    case 'hangsAfter':
      return 'hangs after';
    case 'late':
      return 'late';
    default:
      return null;
  }
}
