import type { RollbackStatus } from '../index.ts';

/** What a server renders, and a browser while it takes that over: nothing is known, whatever the client has done. */
export const UNKNOWN_STATUS: RollbackStatus = Object.freeze({
  stage: 'PREPARING',
  progress: 0,
  currentStep: 'Nothing is being done',
  description: '',
  severity: 'info',
  step: null,
  stepsDone: Object.freeze([]),
  estimatedTimeRemaining: null,
  errors: Object.freeze([]),
  migrationState: 'NOT_STARTED',
  activity: 'idle',
  runId: null,
  state: null,
  canCancel: false,
  cancelling: 'tooLate',
  question: null,
  escalation: 1,
  outcome: null,
});
