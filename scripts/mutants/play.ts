/** Plays schedules of the simulator until an invariant is violated: `tsx scripts/mutants/play.ts SCHEDULES`. */
import { play, scheduleOf, withoutWebCrypto } from '../../src/testing/index.ts';

const schedules = Number(process.argv[2]);
let playing = 0;

process.on('unhandledRejection', (reason) => {
  console.log(
    `seed ${playing}: an error that nobody catches: ${reason instanceof Error ? reason.message : typeof reason}`,
  );
  process.exit(1);
});

async function firstViolation(): Promise<string | null> {
  for (let seed = 1; seed <= schedules; seed++) {
    playing = seed;
    try {
      const [violation] = (await play(scheduleOf(seed))).violations;
      if (violation !== undefined) return `seed ${seed}: ${violation}`;
    } catch (error) {
      return `seed ${seed}: it could not be played to its end: ${(error as Error).message}`;
    }
  }
  return null;
}

const violation = await withoutWebCrypto(firstViolation);
if (violation !== null) console.log(violation);
// Runs that a violation has left open keep timers.
process.exit(violation === null ? 0 : 1);
