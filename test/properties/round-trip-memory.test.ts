import fc from 'fast-check';
import { describe, it } from 'vitest';
import { memoryDatabase } from '../../src/testing/index.ts';
import { RANDOM_SCHEMA, randomWorld, withoutDrift } from '../support/random-world.ts';
import { checkDiscarding, checkExactness, checkMerging, type NewDatabase } from './round-trip.ts';

const create: NewDatabase = () => memoryDatabase(RANDOM_SCHEMA);

describe('any storage, migrated and rolled back', () => {
  it('RB2 RB7 MI11 without drift gives back every key in every unit, twice, and touches nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(randomWorld.map(withoutDrift), (world) => checkExactness(world, create)),
      { numRuns: 60 },
    );
  });

  it('RB3 RB7 MI11 with drift that is merged gives what a naive merge gives, and kept items as they were', async () => {
    await fc.assert(
      fc.asyncProperty(randomWorld, (world) => checkMerging(world, create)),
      { numRuns: 100 },
    );
  });

  it('RB4 RB7 with drift that is discarded gives the backup, and the archive has the drift', async () => {
    await fc.assert(
      fc.asyncProperty(randomWorld, (world) => checkDiscarding(world, create)),
      { numRuns: 60 },
    );
  });
});
