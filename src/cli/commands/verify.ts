import type { Backpedal, VerificationResult } from '../../index.ts';
import { oneOf } from '../arguments.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { EXIT } from '../exit-codes.ts';
import { formatVerification } from '../format-lists.ts';
import { withClient } from '../setting.ts';

const checks = {
  localstorage: (client: Backpedal) => client.verifyStorage(),
  database: (client: Backpedal) => client.verifyDatabase(),
  migration: (client: Backpedal) => client.verifyMigration(),
} as const;

type Check = keyof typeof checks;
const CHECKS: readonly Check[] = ['localstorage', 'database', 'migration'];
const AFTER_ROLLBACK: readonly Check[] = ['localstorage', 'database'];

/** `backpedal verify`: the checks after a rollback, or those after a migration. 1 when one fails. */
export const verifyCommand: CliCommand = cliCommand({
  name: 'verify',
  description: 'Check localstorage and database after a rollback, or the migration',
  args: {
    what: {
      type: 'positional',
      required: false,
      description: 'localstorage, database or migration; default the first two',
    },
  },
  run: (setting, { what }) => {
    const wanted = what === undefined ? AFTER_ROLLBACK : [oneOf(what, CHECKS, 'WHAT')];
    return withClient(setting, async (client) => {
      const results: Partial<Record<Check, VerificationResult>> = {};
      for (const check of wanted) results[check] = await checks[check](client);
      await setting.output.result(results, formatVerification(results, setting.surroundings.resultStyle));
      return Object.values(results).every(({ success }) => success) ? EXIT.done : EXIT.failed;
    });
  },
});
