import type { Backpedal, RollbackPlan, RollbackRequest } from '../../index.ts';
import { answerer } from '../answerer.ts';
import { BACKUP, ON_DRIFT, oneOf, REASONS, YES } from '../arguments.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { askAboutDrift, confirmDiscard, openingFor, type PreparedAnswer } from '../drift-question.ts';
import { asKnownError } from '../error-report.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { finishRun } from '../finish-run.ts';
import { driftPhrase } from '../format-drift.ts';
import { formatPlan } from '../format-plan.ts';
import { planOptions } from '../plan-options.ts';
import { confirmation, type Setting, withClient } from '../setting.ts';

type Agreement =
  | { readonly agreed: true; readonly answer: PreparedAnswer | null }
  | { readonly agreed: false; readonly why: 'declined' | 'impossible' };

type Options = ReturnType<typeof planOptions>;

/** The plan; `null` where there is none because the migration's backup cannot be used. */
async function planned(setting: Setting, client: Backpedal, options: Options): Promise<RollbackPlan | null> {
  try {
    return await client.plan(options);
  } catch (error) {
    const known = asKnownError(error);
    if (known?.code.startsWith('BACKUP_') !== true || options.backupId !== undefined) throw error;
    setting.output.message(
      `${known.code}: the backup of the migration cannot be used. A rollback looks for another copy, and asks before it uses one that is older or not proved.`,
    );
    return null;
  }
}

/** Shows the plan and has the person agree to what it says. */
async function agree(setting: Setting, client: Backpedal, options: Options): Promise<Agreement> {
  const { prompts, output, surroundings } = setting;
  const plan = await planned(setting, client, options);
  if (plan === null) {
    const agreed = await prompts.confirm('Roll back all the same?');
    return agreed ? { agreed, answer: null } : { agreed, why: 'declined' };
  }
  output.message(formatPlan(plan, surroundings.messageStyle));
  if (!plan.possible) return { agreed: false, why: 'impossible' };
  const phrase = driftPhrase(plan.drift);
  const opening = openingFor(plan, options.onDrift ?? plan.onDrift);
  if (opening === 'chooseDrift') {
    const choice = await askAboutDrift(prompts, phrase);
    if (choice === 'cancel') return { agreed: false, why: 'declined' };
    return { agreed: true, answer: { choice, driftDigest: plan.drift.digest } };
  }
  const agreed =
    opening === 'confirm' ? await prompts.confirm('Roll back now?') : await confirmDiscard(prompts, phrase);
  return agreed ? { agreed, answer: null } : { agreed, why: 'declined' };
}

async function refuse(setting: Setting, why: 'declined' | 'impossible'): Promise<ExitCode> {
  const text = why === 'declined' ? 'Nothing was done.' : 'Nothing was done: a rollback cannot begin as things are.';
  await setting.output.result({ rolledBack: false, why }, text);
  return EXIT.failed;
}

/** `backpedal rollback`: takes the migration back. */
export const rollbackCommand: CliCommand = cliCommand({
  name: 'rollback',
  description: 'Take the migration back',
  args: {
    reason: { type: 'string', valueHint: 'REASON', description: `Why: ${REASONS.join(', ')}; default USER_REQUEST` },
    detail: { type: 'string', valueHint: 'TEXT', description: 'The reason in your own words, for the audit trail' },
    ...BACKUP,
    ...ON_DRIFT,
    ...YES,
  },
  run: (setting, args) => {
    const options = planOptions(args);
    const reason = oneOf(args.reason ?? 'USER_REQUEST', REASONS, '--reason');
    const mode = confirmation(setting, args.yes, 'rollback');
    return withClient(setting, async (client) => {
      const agreement: Agreement =
        mode === 'ask' ? await agree(setting, client, options) : { agreed: true, answer: null };
      if (!agreement.agreed) return refuse(setting, agreement.why);
      const request: RollbackRequest = {
        ...options,
        reason,
        ...(args.detail === undefined ? {} : { detail: args.detail }),
      };
      return finishRun(
        setting,
        client,
        async () => ({ kind: 'rollback', result: await client.rollback(request) }) as const,
        answerer(setting, client, agreement.answer),
      );
    });
  },
});
