import { describe, expect, it } from 'vitest';
import { type Episode, parseEpisode, plannedKills, textOfEpisode } from '../../scripts/crash/episode.ts';
import { readOptions, USAGE } from '../../scripts/crash/options.ts';
import type { Scenario } from '../../scripts/crash/scenario.ts';
import { createSchedule } from '../../scripts/crash/schedule.ts';

const SCENARIOS: readonly Scenario[] = [
  { name: 'migrate', operations: 20, milliseconds: 100 },
  { name: 'rollback', operations: 30, milliseconds: 200 },
];

/** Every episode of a schedule in which each process is killed as planned. */
function episodes(kills: number, seed: number): readonly Episode[] {
  const schedule = createSchedule(SCENARIOS, kills, seed);
  const all: Episode[] = [];
  for (let episode = schedule.next(); episode !== null; episode = schedule.next()) all.push(episode);
  return all;
}

const texts = (kills: number, seed: number): readonly string[] => episodes(kills, seed).map(textOfEpisode);
const killsOf = (all: readonly Episode[]): number => all.reduce((sum, episode) => sum + plannedKills(episode), 0);

describe('the schedule', () => {
  it('KI9 is the same for the same seed, and another one for another', () => {
    expect(texts(300, 5)).toEqual(texts(300, 5));
    expect(texts(300, 5)).not.toEqual(texts(300, 6));
  });

  it.each([1, 2, 7, 40, 1000])('KI9 has as many kills as are wanted: %i', (kills) => {
    expect(killsOf(episodes(kills, 1))).toBe(kills);
  });

  it('KI9 hits every operation before and after it, second and third kills included, and then random moments', () => {
    const all = episodes(300, 1);
    const first = new Set(all.map(({ scenario, blows }) => textOfEpisode({ scenario, blows: blows.slice(0, 1) })));
    for (const { name, operations } of SCENARIOS) {
      for (let operation = 1; operation <= operations; operation++) {
        expect(first).toContain(`${name}@before:${operation}`);
        expect(first).toContain(`${name}@after:${operation}`);
      }
    }
    expect(new Set(all.map(({ blows }) => blows.length))).toEqual(new Set([1, 2, 3]));
    expect([...first].filter((text) => text.endsWith('ms')).length).toBeGreaterThan(20);
    expect([...first].filter((text) => text.includes('@freeze')).length).toBeGreaterThan(10);
  });

  it('KI9 spreads few kills over all operations', () => {
    const operations = episodes(20, 1).flatMap(({ scenario, blows }) =>
      blows.flatMap(({ at }) => ('operation' in at ? [`${scenario} ${at.operation}`] : [])),
    );
    expect(operations.some((text) => text.startsWith('migrate'))).toBe(true);
    expect(operations.some((text) => /rollback (2\d|30)/.test(text))).toBe(true);
  });

  it('KI9 hands out again what an episode did not come to', () => {
    const schedule = createSchedule(SCENARIOS, 3, 1);
    let kills = 0;
    for (let episode = schedule.next(); episode !== null; episode = schedule.next()) {
      const planned = plannedKills(episode);
      const done = kills === 0 && planned > 0 ? 1 : planned;
      kills += done;
      schedule.giveBack(planned - done);
    }
    expect(kills).toBe(3);
  });
});

describe('an episode as text', () => {
  it.each([
    'rollback',
    'rollback@before:1',
    'merge@after:37,before:4,113.5ms',
    'undo@freeze:before:9',
    'rollback@after:database.clear,before:notify',
    'migrate@freeze-unseen:before:12',
    'rollback@end+3000ms,reload+30000ms',
    'merge@crash-tab:before:localStorage.setItem,close-tab:113.5ms,close-tab:end+0ms',
  ])('KI9 is read as it was written: %s', (text) => {
    const episode = parseEpisode(text);
    expect(episode === null ? null : textOfEpisode(episode)).toBe(text);
  });

  it.each([
    '',
    'rollback@',
    'rollback@after:0',
    'rollback@during:3',
    'a@b@c',
    'undo@freeze:after:9',
    'undo@freeze:9ms',
    'Merge@1',
  ])('KI9 that cannot be one is refused: %j', (text) => expect(parseEpisode(text)).toBeNull());
});

describe('the command', () => {
  it('KI9 takes a target, a number of kills, a seed, and an episode', () => {
    expect(readOptions(['node'], ['node'])).toEqual({ target: 'node', kills: 100, seed: 1, repeat: null });
    const args = ['node', '--kills', '7', '--seed', '3', '--repeat', 'undo@after:2'];
    expect(readOptions(args, ['node'])).toMatchObject({ kills: 7, seed: 3, repeat: { scenario: 'undo' } });
  });

  it.each([
    [],
    ['chromium'],
    ['node', 'node'],
    ['node', '--kills', '0'],
    ['node', '--kills', '1.5'],
    ['node', '--x'],
    ['node', '--repeat', '?'],
  ])('KI9 says what it takes when it is given %j', (...args) =>
    expect(readOptions(args as string[], ['node'])).toContain(USAGE),
  );
});
