import type { DriftPolicy } from '../../definition/types.ts';
import { type Act, type Deed, HAPPENINGS, type Schedule, type When, type Wish } from './acts.ts';
import { STATES } from './cells.ts';
import { type Random, randomOf } from './random.ts';
import type { Fate } from './scheduler.ts';
import { SHAPES } from './shapes.ts';
import { deedOf, WAYS, type Way } from './targets.ts';
import type { WorldOptions } from './world.ts';

/** How schedules are made up. */
export interface GenerateOptions {
  readonly bursts?: Schedule['bursts'];
  /** Stores that lie, to show that they are found out. */
  readonly world?: Partial<WorldOptions>;
}

const POLICIES: readonly DriftPolicy[] = ['ask', 'ask', 'merge', 'discard'];
const HOUR = 3_600_000;

/** The world of a schedule. */
export function worldOf(random: Random): WorldOptions {
  return {
    shape: random.oneOf(SHAPES),
    source: random.chance(0.75) ? 'clear' : 'keep',
    onDrift: random.oneOf(POLICIES),
    storage: random.chance(0.6) ? 'browser' : 'file',
    vault: 'strict',
    database: random.chance(0.75) ? 'server' : 'image',
    cache: random.chance(0.4) ? 'present' : 'absent',
    lock: random.chance(0.85) ? 'present' : 'absent',
  };
}

/** A fate that is no good. */
export function badFate(random: Random): Fate {
  const chance = random.next();
  if (chance < 0.4) return { kind: 'fails', persistence: 'transient' };
  if (chance < 0.55) return { kind: 'fails', persistence: 'permanent' };
  if (chance < 0.75) return { kind: 'answerLost' };
  if (chance < 0.83) return { kind: 'hangs' };
  if (chance < 0.9) return { kind: 'hangsAfter' };
  return { kind: 'late', milliseconds: random.oneOf([500, 5000, 25_000, 45_000]) };
}

const moment = (random: Random): 'before' | 'after' => (random.chance(0.5) ? 'before' : 'after');

const crash = (random: Random): Deed => ({ do: 'crash', plan: { kept: random.next(), torn: random.next() } });

/** What the app or people do. */
export function appDeed(random: Random): Deed {
  const chance = random.next();
  if (chance < 0.35) return { do: 'write', key: random.below(12), value: random.below(4) };
  if (chance < 0.85) return { do: 'row', table: random.below(2), id: random.below(6), change: random.below(3) };
  if (chance < 0.95) return { do: 'read', table: random.below(2), id: random.below(6), delay: 1 + random.below(30) };
  return { do: 'empty' };
}

const wishes: readonly Wish[] = ['recover', 'recover', 'rollback', 'migrate'];

/** Anything that may happen. */
function anyDeed(random: Random): Deed {
  const chance = random.next();
  if (chance < 0.3) return { do: 'fail', fate: badFate(random), more: random.chance(0.25) ? random.below(8) : 0 };
  if (chance < 0.4) return { do: 'die', moment: moment(random) };
  if (chance < 0.46) return crash(random);
  if (chance < 0.52) return { do: 'freeze', moment: moment(random) };
  if (chance < 0.56) return { do: 'thaw' };
  if (chance < 0.72) return appDeed(random);
  if (chance < 0.82) return { do: 'start', wish: random.oneOf(wishes), onDrift: random.oneOf(POLICIES) };
  if (chance < 0.86) return { do: 'decide', choice: random.below(2) };
  if (chance < 0.89) return { do: 'cancel' };
  if (chance < 0.92) return { do: 'jump', milliseconds: random.oneOf([HOUR, -HOUR]) };
  if (chance < 0.95) return { do: 'pass', milliseconds: random.oneOf([1000, 60_000, HOUR]) };
  if (chance < 0.97) return { do: 'flush' };
  return { do: 'fillMemory', looks: 1 + random.below(2) };
}

const soon = (random: Random): When => ({ after: random.chance(0.2) ? random.below(4) : random.below(45) });

/** The deed that a schedule begins with, after what people did before. */
function beginning(random: Random, start: Schedule['start']): Act[] {
  const acts: Act[] = [];
  const edits = random.chance(0.35) ? 1 + random.below(2) : 0;
  for (let edit = 0; edit < edits; edit++) acts.push({ when: { after: 0 }, deed: appDeed(random) });
  if (edits > 0 && random.chance(0.5)) acts.push({ when: { after: 0 }, deed: { do: 'flush' } });
  const wish = start === 'migrated' ? 'rollback' : 'migrate';
  acts.push({ when: { after: 0 }, deed: { do: 'start', wish } });
  return acts;
}

/** Whatever may happen, one thing after the other. */
function anything(random: Random, acts: Act[]): void {
  for (let left = 1 + random.below(random.chance(0.3) ? 9 : 4); left > 0; left--) {
    acts.push({ when: soon(random), deed: anyDeed(random) });
    // Somebody who died is usually followed by somebody who recovers.
    const { deed } = acts.at(-1) as Act;
    if ((deed.do === 'die' || deed.do === 'crash' || deed.do === 'freeze') && random.chance(0.6))
      acts.push({ when: { after: 60 }, deed: { do: 'start', wish: 'recover' } });
  }
}

/** A run is led into a state, and there something happens to it. */
function aimed(random: Random, world: WorldOptions): Pick<Schedule, 'world' | 'start' | 'acts'> {
  const state = random.oneOf(STATES);
  const way = WAYS[state] as Way;
  const wish = way.start === 'fresh' ? 'migrate' : 'rollback';
  const acts: Act[] = (way.before ?? []).map((deed) => ({ when: { after: 0 }, deed }));
  if (random.chance(0.2)) acts.push({ when: { after: 0 }, deed: appDeed(random) });
  acts.push({ when: { after: 0 }, deed: { do: 'start', wish } }, ...(way.acts ?? []));
  const calls = random.chance(0.5) ? 0 : random.below(5);
  acts.push({ when: { state, calls }, deed: deedOf(random.oneOf(HAPPENINGS), random) });
  if (random.chance(0.4)) acts.push({ when: soon(random), deed: { do: 'start', wish: 'recover' } });
  while (random.chance(0.4)) acts.push({ when: soon(random), deed: anyDeed(random) });
  return { world: { ...world, ...way.world }, start: way.start, acts };
}

function unaimed(random: Random, world: WorldOptions): Pick<Schedule, 'world' | 'start' | 'acts'> {
  const start = random.chance(0.7) ? 'migrated' : 'fresh';
  const acts = beginning(random, start);
  anything(random, acts);
  return { world, start, acts };
}

/** The schedule of a seed: half of them aim at one cell of the table, the others at nothing. */
export function scheduleOf(seed: number, options: GenerateOptions = {}): Schedule {
  const random = randomOf(seed);
  const made = (random.chance(0.5) ? aimed : unaimed)(random, worldOf(random));
  return {
    seed,
    ...made,
    world: { ...made.world, ...options.world },
    order: random.chance(0.8) ? 'seeded' : 'asAsked',
    ending: random.oneOf(['closed', 'killed', 'crashed', 'left'] as const),
    bursts: options.bursts ?? 'lost',
  };
}
