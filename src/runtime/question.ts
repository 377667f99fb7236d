import type { CrashRecoveryContext } from '../machines/crash-recovery/types.ts';
import type { EmergencyRecoveryContext } from '../machines/emergency-recovery/types.ts';
import type { RollbackContext } from '../machines/rollback/types.ts';
import type { AnyContext, ChartId, ExecutionView } from './execution/types.ts';
import { summaryOf } from './rollback/drift.ts';
import type { Question } from './status-types.ts';

async function driftQuestion({ drift }: RollbackContext): Promise<Question | null> {
  if (drift === null) return null;
  const summary = await summaryOf(drift);
  return { question: 'drift', choices: ['merge', 'discard'], driftDigest: summary.digest, drift: summary };
}

function copyQuestion({ older, reconstruction }: EmergencyRecoveryContext): Question | null {
  if (reconstruction !== null) {
    const { backup, exact, lossy, missing } = reconstruction;
    const choices =
      older === null
        ? (['useReconstruction', 'stop'] as const)
        : (['useReconstruction', 'useOlderBackup', 'stop'] as const);
    return { question: 'reconstruction', choices, backupId: backup, exact, lossy, missing };
  }
  if (older === null) return null;
  const { backup, createdAt, keys } = older;
  return {
    question: 'olderBackup',
    choices: ['useOlderBackup', 'reconstruct', 'stop'],
    backupId: backup,
    createdAt,
    keys,
  };
}

const emptiedQuestion = ({ keys }: CrashRecoveryContext): Question => ({
  question: 'emptiedStorage',
  choices: ['restore', 'keepEmpty'],
  keys,
});

const questions: Readonly<
  Partial<Record<ChartId, (context: AnyContext) => Promise<Question | null> | Question | null>>
> = {
  rollback: (context) => driftQuestion(context as RollbackContext),
  emergencyRecovery: (context) => copyQuestion(context as EmergencyRecoveryContext),
  crashRecovery: (context) => emptiedQuestion(context as CrashRecoveryContext),
};

/** The question that a waiting run has put, or `null`. */
export async function questionOf({
  id,
  meta,
  context,
}: Pick<ExecutionView, 'id' | 'meta' | 'context'>): Promise<Question | null> {
  return meta.waitsFor === 'person' ? ((await questions[id]?.(context)) ?? null) : null;
}
