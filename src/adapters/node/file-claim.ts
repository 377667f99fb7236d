import { basename, dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { StorageError } from '../../errors.ts';
import { type Claim, type ClaimRequest, takeClaim } from './claim.ts';

const PAUSE = 10;
const PATIENCE = 10_000;

async function claimInTurn(request: ClaimRequest): Promise<Claim | null> {
  for (let waited = 0; waited < PATIENCE; waited += PAUSE) {
    const claim = await takeClaim(request);
    if (claim !== null) return claim;
    await setTimeout(PAUSE);
  }
  return null;
}

/**
 * Does work on a file while no other process does such work on it. What a dead process left does not count; what a
 * process of another machine left does, since it may be in the middle of its work.
 * @throws StorageError `STORAGE_UNAVAILABLE` after ten seconds of waiting
 */
export async function withFileClaim<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  const folder = dirname(file);
  const name = `.${basename(file)}.backpedal-claim`;
  const claim = await claimInTurn({ folder, name, elsewhere: 'counts' });
  if (claim === null) {
    throw new StorageError(
      'STORAGE_UNAVAILABLE',
      `Another process is writing ${file} and has not finished. If there is none, remove ${name}.* from ${folder}.`,
      { persistence: 'transient', details: { path: file } },
    );
  }
  try {
    return await work();
  } finally {
    await claim.release();
  }
}
