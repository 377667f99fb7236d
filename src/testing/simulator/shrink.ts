import type { Schedule } from './acts.ts';
import { type PlayOptions, type PlayReport, play } from './play.ts';

/** The simplest schedule that was found in which the same goes wrong. */
export interface Shrunk {
  readonly schedule: Schedule;
  readonly report: PlayReport;
  /** How many schedules were played to find it. */
  readonly played: number;
}

const PLAYS = 400;

/** The rule that is broken, without the names in it: `I9`. */
const rulesOf = (report: PlayReport): ReadonlySet<string> =>
  new Set(report.violations.map((violation) => violation.slice(0, violation.indexOf(':'))));

/** Schedules that lack something of this one, the simplest first. */
function* simpler(schedule: Schedule): Generator<Schedule> {
  const { acts, world } = schedule;
  for (let size = Math.ceil(acts.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < acts.length; at += size)
      yield { ...schedule, acts: [...acts.slice(0, at), ...acts.slice(at + size)] };
  if (schedule.order === 'seeded') yield { ...schedule, order: 'asAsked' };
  if (schedule.ending !== 'killed') yield { ...schedule, ending: 'killed' };
  if (world.cache === 'present') yield { ...schedule, world: { ...world, cache: 'absent' } };
  if (world.database === 'image') yield { ...schedule, world: { ...world, database: 'server' } };
  if (world.storage === 'browser') yield { ...schedule, world: { ...world, storage: 'file' } };
  for (const [index, { when, deed }] of acts.entries()) {
    if (deed.do === 'fail' && deed.more > 0)
      yield { ...schedule, acts: acts.with(index, { when, deed: { ...deed, more: 0 } }) };
    if ('after' in when && when.after > 0)
      yield { ...schedule, acts: acts.with(index, { when: { after: Math.floor(when.after / 2) }, deed }) };
  }
}

/** Leaves out of a schedule whatever is not needed for one of the same rules to be broken. */
export async function shrink(schedule: Schedule, options: PlayOptions = {}): Promise<Shrunk> {
  let best = schedule;
  let report = await play(schedule, { ...options, keeps: 'story' });
  const rules = rulesOf(report);
  let played = 1;
  for (let found = true; found && played < PLAYS; ) {
    found = false;
    for (const candidate of simpler(best)) {
      if (played >= PLAYS) break;
      played += 1;
      const attempt = await play(candidate, { ...options, keeps: 'story' });
      if (![...rulesOf(attempt)].some((rule) => rules.has(rule))) continue;
      best = candidate;
      report = attempt;
      found = true;
      break;
    }
  }
  return { schedule: best, report, played };
}
