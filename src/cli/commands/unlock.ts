import { YES } from '../arguments.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { EXIT } from '../exit-codes.ts';
import { confirmation, withClient } from '../setting.ts';
import { UsageError } from '../usage-error.ts';

const WORDS = {
  safeMode: {
    question: 'Leave safe mode? Migration and rollback can begin again then.',
    kept: 'Safe mode stays on.',
    done: 'Safe mode is off.',
  },
  lease: {
    question: 'Free the lease? Do so only when the browser or machine that holds it cannot come back.',
    kept: 'The lease stays where it is.',
    done: 'The lease is free; a migration can begin.',
  },
} as const;

/** `backpedal unlock`: leaves safe mode, with a reason that goes into the audit trail. */
export const unlockCommand: CliCommand = cliCommand({
  name: 'unlock',
  description: 'Leave safe mode, or free a lease that was left behind; the reason is audited',
  args: {
    reason: { type: 'string', valueHint: 'TEXT', description: 'Why it is safe to go on' },
    'abandoned-lease': {
      type: 'boolean',
      description: 'Not safe mode, but the lease in the database of a run that nobody can go on with',
    },
    ...YES,
  },
  run: async (setting, { reason, yes, 'abandoned-lease': isLease = false }) => {
    if (reason === undefined)
      throw new UsageError('USAGE', 'backpedal unlock needs --reason TEXT; it goes into the audit trail.');
    const asked = confirmation(setting, yes, 'unlock') === 'ask';
    const { question, kept, done } = WORDS[isLease ? 'lease' : 'safeMode'];
    if (asked && !(await setting.prompts.confirm(question))) {
      await setting.output.result({ unlocked: false }, kept);
      return EXIT.failed;
    }
    return withClient(setting, async (client) => {
      await client.unlock(isLease ? { reason, lease: 'abandoned' } : { reason });
      await setting.output.result({ unlocked: true }, done);
      return EXIT.done;
    });
  },
});
