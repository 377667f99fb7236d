import type { Backpedal, RollbackRequest } from '../index.ts';
import type { BackpedalActions } from '../react/index.ts';
import type { Confirmation } from './rollback-dialog-view.tsx';

/**
 * Begins a rollback as it was confirmed. What was chosen about the drift answers for exactly the drift that was shown:
 * should something else have been changed meanwhile, the run asks again.
 */
export async function rollBackAsConfirmed(
  client: Pick<Backpedal, 'subscribe' | 'getSnapshot'>,
  { rollback, decide }: Pick<BackpedalActions, 'rollback' | 'decide'>,
  request: RollbackRequest,
  { choice, driftDigest }: Confirmation,
): Promise<void> {
  const stop = client.subscribe(() => {
    const { question } = client.getSnapshot();
    if (question?.question !== 'drift') return;
    stop();
    if (choice !== null && question.driftDigest === driftDigest)
      void decide({ question: 'drift', choice, driftDigest });
  });
  await rollback(choice === null ? request : { ...request, onDrift: 'ask' });
  stop();
}
