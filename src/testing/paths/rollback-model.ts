import type { AnyMachineSnapshot } from 'xstate';
import { rollbackMachine } from '../../machines/rollback/machine.ts';
import type { DriftFigures, ResumeIntent, RollbackContext, RollbackEvent } from '../../machines/rollback/types.ts';
import { type ChartModel, type Move, stateName } from './chart-path.ts';

const move = (name: string, event: RollbackEvent): Move => ({ name, event });

/** Drift with these digests. */
const drift = (rows: string, storage: string): DriftFigures => ({
  rows,
  storage,
  added: rows === 'none' ? 0 : 1,
  changed: 0,
  deleted: 0,
  dependents: 0,
  storageKeys: storage === 'none' ? 0 : 1,
});

const another = (digest: string): string => (digest === 'd1' ? 'd2' : 'd1');

/** Drift that has been decided upon, and drift that has not. */
function drifts({ approved }: RollbackContext): { readonly decided: DriftFigures; readonly undecided: DriftFigures } {
  const isAny = approved.rows === 'any';
  return {
    decided: isAny ? drift('none', 'none') : drift(approved.rows, approved.storage),
    undecided: drift(another(approved.rows), another(approved.storage)),
  };
}

const failed = (persistence: 'transient' | 'permanent'): Move =>
  move(`FAILED ${persistence}`, { type: 'FAILED', command: 'any', code: 'INTERNAL', persistence });

const fixed: readonly Move[] = [
  move('BACKUP_UNUSABLE', { type: 'BACKUP_UNUSABLE', code: 'BACKUP_DAMAGED' }),
  move('BACKUP_RECOVERED', { type: 'BACKUP_RECOVERED', backup: 'another', escalation: 2 }),
  move('NOT_RECOVERED', { type: 'NOT_RECOVERED', code: 'BACKUP_NOT_FOUND' }),
  move('LEASED', { type: 'LEASED', token: 1 }),
  move('BUSY', { type: 'BUSY' }),
  move('OWNERSHIP_LOST', { type: 'OWNERSHIP_LOST' }),
  move('STOPPED', { type: 'STOPPED' }),
  move('DRIFTED', { type: 'DRIFTED' }),
  move('OUTCOME_UNKNOWN', { type: 'OUTCOME_UNKNOWN' }),
  move('NOT_CLEARED', { type: 'NOT_CLEARED', token: 2 }),
  move('INVALIDATED', { type: 'INVALIDATED', keys: 0 }),
  move('PREPARED', { type: 'PREPARED', targets: 'digest', marker: 1, displaced: 0, notCarriedOver: 0 }),
  move('RESTORED', { type: 'RESTORED', written: 1 }),
  move('DISPLACED', { type: 'DISPLACED' }),
  move('VERIFIED', { type: 'VERIFIED', warnings: [] }),
  move('MISMATCHED', { type: 'MISMATCHED' }),
  move('UNDONE', { type: 'UNDONE', token: 2 }),
  move('CLEANED', { type: 'CLEANED' }),
  move('RELEASED', { type: 'RELEASED' }),
  move('LOCKED_DOWN', { type: 'LOCKED_DOWN' }),
  move('ANNOUNCED', { type: 'ANNOUNCED' }),
  move('RESUMED', { type: 'RESUMED', token: 1 }),
  move('CANCEL', { type: 'CANCEL' }),
  move('TRIGGERED', { type: 'TRIGGERED', reason: 'MEMORY_THRESHOLD' }),
  move('UNLOCK', { type: 'UNLOCK', reason: 'repaired' }),
  failed('transient'),
  failed('permanent'),
];

const resumed = (intent: ResumeIntent): Move => move(`RESUMED ${intent}`, { type: 'RESUMED', token: 1, intent });

/** What a run may be taken up for besides going on, where the chart makes a difference. */
function intents({ value }: AnyMachineSnapshot): readonly Move[] {
  const part = typeof value === 'string' ? '' : (Object.keys(value)[0] ?? '');
  const leaf = stateName(value);
  const isClearing = leaf === 'clearingDatabase' || leaf === 'resolvingClear';
  return [
    ...(['preparing', 'executing', 'verifying'].includes(part) ? [resumed('withdraw')] : []),
    ...(['executing', 'verifying'].includes(part) && !isClearing ? [resumed('replaceBackup')] : []),
    ...(part === 'executing' && !isClearing ? [resumed('verify')] : []),
  ];
}

function moves(snapshot: AnyMachineSnapshot): readonly Move[] {
  const { context } = snapshot;
  const { decided, undecided } = drifts(context as RollbackContext);
  const seen = (context as RollbackContext).drift ?? decided;
  const loaded = (room: 'enough' | 'tooLittle', storageDrift: string): RollbackEvent => ({
    type: 'LOADED',
    keys: 1,
    bytes: 1,
    room,
    storageDrift,
    storageKeys: 0,
  });
  const decide = (rows: string, storage: string): RollbackEvent => ({
    type: 'DECIDE',
    choice: 'discard',
    rows,
    storage,
  });
  return [
    ...fixed,
    ...intents(snapshot),
    move('INSPECTED decided', { type: 'INSPECTED', drift: decided, rows: 1 }),
    move('INSPECTED undecided', { type: 'INSPECTED', drift: undecided, rows: 1 }),
    move('DECIDE as seen', decide(seen.rows, seen.storage)),
    move('DECIDE whatever comes', decide('any', 'any')),
    move('LOADED', loaded('enough', decided.storage)),
    move('LOADED undecided', loaded('enough', undecided.storage)),
    move('LOADED without room', loaded('tooLittle', decided.storage)),
    move('STOOD_DOWN', { type: 'STOOD_DOWN', drift: undecided }),
    move('CLEARED', { type: 'CLEARED', token: 1, rows: 1, drift: decided }),
  ];
}

/** The rollback chart with everything that can happen to it. It begins with drift undecided: only so all is reached. */
export const rollbackModel: ChartModel = {
  id: 'rollback',
  machine: rollbackMachine,
  input: {
    run: 'run',
    migration: 'migration',
    storage: 'storage',
    undoes: 'migration-run',
    reason: 'USER_REQUEST',
    detail: '',
    backup: 'migration-run',
    onDrift: 'ask',
  },
  moves,
  isShortcut: ({ event }) => 'intent' in event,
  facts: (context) => {
    const { approved, outcome, effect } = context as RollbackContext;
    return [approved.rows === 'any' ? 'any' : 'asSeen', outcome, effect].join(' ');
  },
  limits: { canRetry: 'attempts', canReclaim: 'reclaims', canPrepareAgain: 'preparations' },
};
