import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Hunt, huntAll } from '../../scripts/mutants/hunt.ts';
import { readSabotages, type Sabotage } from '../../scripts/mutants/sabotage.ts';

const QUICK = [
  'expectation-dropped',
  'file-not-synced',
  'number-and-text-are-one-id',
  'token-not-checked-memory',
  'journal-chain-not-checked',
  'lone-surrogates-hash-alike',
];

// Most of the time goes into starting a test runner for each of them.
const PATIENCE = 600_000;

const all = readSabotages('mutants');
const quick = all.filter(({ name }) => QUICK.includes(name));
const model = all.find(({ name }) => name === 'number-and-text-are-one-id') as Sabotage;
const planted = (name: string, change: Partial<Sabotage>): Sabotage => ({ ...model, name, ...change });

const nonsense: readonly Sabotage[] = [
  planted('harmless', { after: `${model.before}// Nothing else.\n` }),
  planted('out of date', { before: 'This stands nowhere.\n' }),
  planted('no program', { after: '  return ((;\n' }),
  planted('too slow', { seconds: 0.001 }),
];

describe('planting bugs', () => {
  const content = readFileSync(model.file, 'utf8');
  let hunt: Hunt;
  const statusOf = (name: string): string | undefined =>
    hunt.verdicts.find(({ sabotage }) => sabotage.name === name)?.status;

  beforeAll(async () => {
    hunt = await huntAll('.', [...quick, ...nonsense]);
  }, PATIENCE);

  it('MU4 a quick selection is caught', () => {
    expect(hunt.faults).toEqual([]);
    expect(quick).toHaveLength(QUICK.length);
    expect(quick.map(({ name }) => [name, statusOf(name)])).toEqual(quick.map(({ name }) => [name, 'caught']));
  });

  it('MU3 what changes nothing is missed, and so is what takes too long', () => {
    expect(statusOf('harmless')).toBe('MISSED');
    expect(statusOf('too slow')).toBe('MISSED');
  });

  it('MU3 MU1 what is no longer in the code, or cannot be loaded, is a fault and no catch', () => {
    expect(statusOf('out of date')).toBe('fault');
    expect(statusOf('no program')).toBe('fault');
  });

  it('MU2 the working tree is left alone', () => {
    expect(readFileSync(model.file, 'utf8')).toBe(content);
  });
});

describe('catchers that fail without any bug, or do not exist', () => {
  it(
    'MU2 make every verdict worthless, so there is none',
    async () => {
      const { verdicts, faults } = await huntAll('.', [planted('idle', { title: 'no test is called like this' })]);
      expect(verdicts).toEqual([]);
      expect(faults.join()).toContain('idle');
    },
    PATIENCE,
  );
});
