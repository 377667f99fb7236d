import fc from 'fast-check';
import { describe, it } from 'vitest';
import { holdableBySqlite, randomWorld, withoutDrift } from '../support/random-world.ts';
import { randomSqlJs } from '../support/sqljs-kit.ts';
import { checkDiscarding, checkExactness, checkMerging } from './round-trip.ts';

const world = randomWorld.map(holdableBySqlite);

describe('any storage, migrated to SQLite and rolled back', () => {
  it('RB2 RB7 MI11 without drift gives back every key in every unit, twice, and touches nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(world.map(withoutDrift), (one) => checkExactness(one, randomSqlJs)),
      { numRuns: 25 },
    );
  });

  it('RB3 RB7 MI11 with drift that is merged gives what a naive merge gives, and kept items as they were', async () => {
    await fc.assert(
      fc.asyncProperty(world, (one) => checkMerging(one, randomSqlJs)),
      { numRuns: 40 },
    );
  });

  it('RB4 RB7 with drift that is discarded gives the backup, and the archive has the drift', async () => {
    await fc.assert(
      fc.asyncProperty(world, (one) => checkDiscarding(one, randomSqlJs)),
      { numRuns: 25 },
    );
  });
});
