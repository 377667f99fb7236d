import type { CliCommand } from './cli-command.ts';
import { archiveCommand } from './commands/archive.ts';
import { auditCommand } from './commands/audit.ts';
import { backupsCommand } from './commands/backups.ts';
import { cancelCommand } from './commands/cancel.ts';
import { decideCommand } from './commands/decide.ts';
import { diagramCommand } from './commands/diagram.ts';
import { drillCommand } from './commands/drill.ts';
import { migrateCommand } from './commands/migrate.ts';
import { planCommand } from './commands/plan.ts';
import { recoverCommand } from './commands/recover.ts';
import { reportCommand } from './commands/report.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { statusCommand } from './commands/status.ts';
import { unlockCommand } from './commands/unlock.ts';
import { verifyCommand } from './commands/verify.ts';

/** Every command, in the order in which help lists them. */
export const commands: readonly CliCommand[] = [
  planCommand,
  drillCommand,
  migrateCommand,
  rollbackCommand,
  decideCommand,
  cancelCommand,
  recoverCommand,
  statusCommand,
  verifyCommand,
  backupsCommand,
  archiveCommand,
  auditCommand,
  reportCommand,
  unlockCommand,
  diagramCommand,
];
