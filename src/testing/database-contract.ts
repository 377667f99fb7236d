import type { ContractTools } from './contract-tools.ts';
import { archiveRules } from './database-contract/archive.ts';
import { clearRules } from './database-contract/clear.ts';
import { copyRules } from './database-contract/copy.ts';
import { driftRules } from './database-contract/drift.ts';
import { foreignKeyRules } from './database-contract/foreign-keys.ts';
import { type ContractKit, createKit } from './database-contract/kit.ts';
import { leaseRules } from './database-contract/lease.ts';
import { movableRules } from './database-contract/movable.ts';
import { provenanceRules } from './database-contract/provenance.ts';
import { stepRules } from './database-contract/steps.ts';
import type { DatabaseContract } from './database-contract/subject.ts';
import { undoRules } from './database-contract/undo.ts';
import { volumeRules } from './database-contract/volume.ts';

/**
 * The contract of `DatabasePort` as a test suite: what every adapter must do, one test or more for each rule. Call it
 * at the top level of a test file with the functions of the test runner; `create` is asked for a fresh database, with
 * the tables of `databaseContractSchema`, for each test.
 *
 *     databaseContract({ describe, it, expect }, { name: 'my database', create, supports })
 */
export function databaseContract(tools: ContractTools, options: DatabaseContract): void {
  const kit = createKit(tools, options);
  const themes: Readonly<Record<string, (kit: ContractKit) => void>> = {
    'lease and fencing': leaseRules,
    'steps and ledger': stepRules,
    copying: copyRules,
    provenance: provenanceRules,
    drift: driftRules,
    'before clearing': movableRules,
    clearing: clearRules,
    archive: archiveRules,
    'undoing and sweeping': undoRules,
    'foreign keys': foreignKeyRules,
    volume: volumeRules,
  };
  tools.describe(`database contract: ${options.name}`, () => {
    for (const [theme, rules] of Object.entries(themes)) tools.describe(theme, () => rules(kit));
  });
}
