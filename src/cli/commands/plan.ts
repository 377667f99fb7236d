import { BACKUP, ON_DRIFT } from '../arguments.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { EXIT } from '../exit-codes.ts';
import { driftTotal } from '../format-drift.ts';
import { formatPlan } from '../format-plan.ts';
import { planOptions } from '../plan-options.ts';
import { withClient } from '../setting.ts';

/** `backpedal plan`: what a rollback would do. Changes nothing; 3 when there is drift. */
export const planCommand: CliCommand = cliCommand({
  name: 'plan',
  description: 'Show what a rollback would do; changes nothing',
  args: { ...BACKUP, ...ON_DRIFT },
  run: (setting, args) =>
    withClient(setting, async (client) => {
      const plan = await client.plan(planOptions(args));
      await setting.output.result(plan, formatPlan(plan, setting.surroundings.resultStyle));
      if (!plan.possible) return EXIT.failed;
      return driftTotal(plan.drift) > 0 ? EXIT.drift : EXIT.done;
    }),
});
