import { type NodeScenario, SCENARIOS } from '../node/scenarios.ts';
import type { Action } from '../protocol.ts';
import type { Deed } from './page/worlds.ts';

/** What a tab does, in the same browser, before the order that something befalls. */
export type Prelude = Deed | Extract<Action, 'migrate'>;

/** A scenario in a browser. */
export interface ChromiumScenario extends NodeScenario {
  readonly prelude: readonly Prelude[];
  /** How many runs the prelude begins. */
  readonly runsInPrelude: number;
}

const plain = SCENARIOS.map((scenario): ChromiumScenario => ({ ...scenario, prelude: [], runsInPrelude: 0 }));

function like(name: string): ChromiumScenario {
  const found = plain.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`There is no scenario ${name}.`);
  return found;
}

/** Everything that befalls a browser. */
export const CHROMIUM_SCENARIOS: readonly ChromiumScenario[] = [
  ...plain,
  // The browser is slow to write after some megabytes.
  { ...like('migrate'), name: 'migrateheavy', prelude: ['ballast'] },
  { ...like('rollback'), name: 'rollbackheavy', prelude: ['ballast'] },
  { ...like('merge'), name: 'mergeheavy', prelude: ['ballast'] },
  // What the migration did to storage is not on the disk yet when the rollback comes.
  { ...like('rollback'), name: 'thereandback', beginning: 'original', prelude: ['migrate'], runsInPrelude: 1 },
];
