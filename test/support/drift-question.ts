import type { Backpedal } from '../../src/runtime/public-types.ts';
import type { DriftQuestion } from '../../src/runtime/status-types.ts';

/** The open question, if it is the one about drift. */
export function driftQuestion(client: Pick<Backpedal, 'getSnapshot'>): DriftQuestion | null {
  const { question } = client.getSnapshot();
  return question?.question === 'drift' ? question : null;
}
