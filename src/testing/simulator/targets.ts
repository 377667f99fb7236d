import type { Act, Deed, Happening, Schedule, When } from './acts.ts';
import type { Random } from './random.ts';
import type { Fate, PortName } from './scheduler.ts';
import type { WorldOptions } from './world.ts';

/** How a run is led into a state, so that something can happen to it there. */
export interface Way {
  readonly start: Schedule['start'];
  readonly world?: Partial<WorldOptions>;
  /** What happens before, apart from the beginning of the run. */
  readonly before?: readonly Deed[];
  readonly acts?: readonly Act[];
}

const at = (state: string, calls = 0): When => ({ state, calls });
const cancelIn = (state: string): Act => ({ when: at(state), deed: { do: 'cancel' } });
const failIn = (state: string, port: PortName, fate: Fate, more = 0): Act => ({
  when: at(state),
  deed: { do: 'fail', fate, port, more },
});
const forGood: Fate = { kind: 'fails', persistence: 'permanent' };
const drifted: Deed = { do: 'row', table: 0, id: 0, change: 1 };

const rollback: Way = { start: 'migrated' };
const migration: Way = { start: 'fresh' };
const innerEndsUnchanged: readonly Act[] = [
  cancelIn('migration clearingSource'),
  cancelIn('rollback preparing.inspecting'),
];
/** The rollback has ended, the browser loses its burst, and the app is started again. */
const burstLost: Way = {
  start: 'migrated',
  world: { storage: 'browser', source: 'clear', onDrift: 'discard' },
  acts: [
    { when: { after: 400 }, deed: { do: 'crash', plan: { kept: 0, torn: 0.9 } } },
    { when: { after: 0 }, deed: { do: 'start', wish: 'recover' } },
  ],
};
const damaged: Way = { start: 'migrated', before: [{ do: 'damage', part: 'head' }] };

/** Every state in which a run can be, and the way there. */
export const WAYS: Readonly<Record<string, Way>> = {
  'rollback preparing.inspecting': rollback,
  'rollback preparing.deciding': { start: 'migrated', world: { onDrift: 'ask' }, before: [drifted] },
  'rollback preparing.locking': rollback,
  'rollback preparing.stopping': rollback,
  'rollback preparing.loadingBackup': rollback,
  'rollback preparing.standingDown': {
    start: 'migrated',
    world: { onDrift: 'ask' },
    acts: [{ when: at('rollback preparing.loadingBackup'), deed: drifted }],
  },
  'rollback preparing.recoveringBackup': damaged,
  'emergencyRecovery tryingBackups': damaged,
  'emergencyRecovery askingForOlderBackup': { ...damaged, start: 'migratedTwice' },
  'emergencyRecovery reconstructing': damaged,
  'emergencyRecovery askingForReconstruction': { ...damaged, world: { source: 'clear' } },
  'emergencyRecovery requestingManualRecovery': { ...damaged, acts: [cancelIn('emergencyRecovery tryingBackups')] },
  'rollback executing.clearingDatabase': rollback,
  'rollback executing.resolvingClear': {
    start: 'migrated',
    acts: [failIn('rollback executing.clearingDatabase', 'database', { kind: 'answerLost' })],
  },
  'rollback executing.reclaiming': {
    start: 'migrated',
    world: { lock: 'present' },
    acts: [
      { when: at('rollback executing.preparingRestore'), deed: { do: 'freeze', moment: 'before' } },
      { when: { after: 0 }, deed: { do: 'thaw' } },
    ],
  },
  'rollback executing.invalidatingCache': rollback,
  'rollback executing.preparingRestore': rollback,
  'rollback executing.restoringStorage': rollback,
  'rollback verifying.verifyingData': rollback,
  'rollback verifying.cleaningState': rollback,
  'rollback compensating.undoingRestore': {
    start: 'migrated',
    acts: [failIn('rollback executing.restoringStorage', 'storage', forGood)],
  },
  'rollback compensating.undoingClear': { start: 'migrated', acts: [cancelIn('rollback executing.invalidatingCache')] },
  'rollback finishing.releasing': { start: 'migrated', acts: [cancelIn('rollback preparing.loadingBackup')] },
  'rollback finishing.lockingDown': {
    start: 'migrated',
    acts: [
      cancelIn('rollback executing.invalidatingCache'),
      failIn('rollback compensating.undoingClear', 'database', forGood),
    ],
  },
  'rollback finishing.announcing': rollback,
  'crashRecovery acting.asking': {
    start: 'migrated',
    world: { source: 'clear', onDrift: 'discard' },
    acts: [
      { when: { after: 400 }, deed: { do: 'empty' } },
      { when: { after: 0 }, deed: { do: 'start', wish: 'recover' } },
    ],
  },
  'crashRecovery acting.restoringAgain': burstLost,
  'crashRecovery ending.announcing': burstLost,
  'migration preparing.surveying': migration,
  'migration preparing.locking': migration,
  'migration preparing.stopping': migration,
  'migration preparing.backingUp': migration,
  'migration copying.copyingBatch': migration,
  'migration copying.verifyingCopy': migration,
  'migration copying.takingDigests': migration,
  'migration clearingSource': migration,
  'migration undoing.rollingBack': { start: 'fresh', acts: [cancelIn('migration clearingSource')] },
  'migration undoing.puttingSourceBack': { start: 'fresh', acts: innerEndsUnchanged },
  'migration undoing.discardingCopy': { start: 'fresh', acts: [cancelIn('migration copying.copyingBatch')] },
  'migration finishing.closing': migration,
  'migration finishing.releasing': { start: 'fresh', acts: [cancelIn('migration preparing.backingUp')] },
  'migration finishing.lockingDown': {
    start: 'fresh',
    acts: [...innerEndsUnchanged, failIn('migration undoing.puttingSourceBack', 'storage', forGood, 8)],
  },
  'migration finishing.announcing': migration,
};

/** Something of this kind. */
export function deedOf(happening: Happening, random: Random): Deed {
  const moment = random.chance(0.5) ? 'before' : 'after';
  const fail = (fate: Fate): Deed => ({ do: 'fail', fate, more: random.chance(0.3) ? random.below(8) : 0 });
  switch (happening) {
    case 'fails':
      return fail({ kind: 'fails', persistence: 'transient' });
    case 'fails for good':
      return fail(forGood);
    case 'answer lost':
      return fail({ kind: 'answerLost' });
    case 'hangs':
      return fail({ kind: 'hangs' });
    case 'hangs after':
      return fail({ kind: 'hangsAfter' });
    case 'late':
      return fail({ kind: 'late', milliseconds: random.oneOf([500, 25_000, 45_000]) });
    case 'process dies':
      return { do: 'die', moment };
    case 'machine dies':
      return { do: 'crash', plan: { kept: random.next(), torn: random.next() } };
    case 'frozen':
      return { do: 'freeze', moment };
    case 'app writes a key':
      return { do: 'write', key: random.below(12), value: random.below(4) };
    case 'app empties storage':
      return { do: 'empty' };
    case 'app changes a row':
      return { do: 'row', table: random.below(2), id: random.below(6), change: random.below(3) };
    case 'clock jumps':
      return { do: 'jump', milliseconds: random.chance(0.5) ? 3_600_000 : -3_600_000 };
    case 'cancelled':
      return { do: 'cancel' };
    case 'another tab':
      return { do: 'start', wish: random.oneOf(['recover', 'recover', 'rollback', 'migrate']) };
    case 'memory full':
      return { do: 'fillMemory', looks: 1 };
  }
}
