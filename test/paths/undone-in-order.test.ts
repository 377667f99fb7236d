import { describe, expect, it } from 'vitest';
import { transition } from 'xstate';
import { initialContext } from '../../src/machines/rollback/context.ts';
import { rollbackMachine } from '../../src/machines/rollback/machine.ts';
import type { RollbackContext } from '../../src/machines/rollback/types.ts';

const input = { run: 'r', migration: 'm', storage: 's', undoes: 'u', reason: 'USER_REQUEST', detail: '', backup: 'u' };

/** Where a rollback goes that is cancelled in this state, with this behind it. */
function cancelledIn(state: string, effect: RollbackContext['effect']): unknown {
  const context = { ...initialContext({ ...input, onDrift: 'merge' }), effect };
  const snapshot = rollbackMachine.resolveState({ value: { executing: state }, context });
  return transition(rollbackMachine, snapshot, { type: 'CANCEL' })[0].value;
}

describe('a rollback that is cancelled after Clear Database', () => {
  it.each(['preparingRestore', 'restoringStorage', 'reclaiming'])(
    'RB10 RB23 in %s undoes the restore first when a burst may have been written, and else the clear',
    (state) => {
      expect(cancelledIn(state, 'restoring')).toEqual({ compensating: 'undoingRestore' });
      expect(cancelledIn(state, 'cleared')).toEqual({ compensating: 'undoingClear' });
    },
  );
});
