import type { ExecutionEnd } from './types.ts';

/**
 * Thrown by a command that is a run itself when that run has not come to its end in this process. What becomes of it
 * the outer one does not know, so it stops as the inner one did and goes on, with it, from the journal.
 */
export class InnerRunLeft extends Error {
  readonly end: ExecutionEnd;

  constructor(end: Exclude<ExecutionEnd, { status: 'ended' }>) {
    super('The inner run has not come to its end here.');
    this.end = end;
  }
}
