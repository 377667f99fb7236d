import type { CliCommand } from './cli-command.ts';
import { archiveCommand } from './commands/archive.ts';
import { auditCommand } from './commands/audit.ts';
import { backupsCommand } from './commands/backups.ts';
import { cancelCommand } from './commands/cancel.ts';
import { compareCommand } from './commands/compare.ts';
import { decideCommand } from './commands/decide.ts';
import { diagramCommand } from './commands/diagram.ts';
import { drillCommand } from './commands/drill.ts';
import { inspectCommand } from './commands/inspect.ts';
import { migrateCommand } from './commands/migrate.ts';
import { planCommand } from './commands/plan.ts';
import { reconstructCommand } from './commands/reconstruct.ts';
import { recoverCommand } from './commands/recover.ts';
import { reportCommand } from './commands/report.ts';
import { restoreCommand } from './commands/restore.ts';
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
  inspectCommand,
  compareCommand,
  reconstructCommand,
  restoreCommand,
  archiveCommand,
  auditCommand,
  reportCommand,
  unlockCommand,
  diagramCommand,
];
