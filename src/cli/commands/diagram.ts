import {
  crashRecoveryMachine,
  emergencyRecoveryMachine,
  migrationMachine,
  rollbackMachine,
  toMermaid,
} from '../../machines/index.ts';
import { OUT, oneOf } from '../arguments.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { EXIT } from '../exit-codes.ts';
import { writeDocument } from '../write-document.ts';

const charts = {
  rollback: rollbackMachine,
  migration: migrationMachine,
  emergencyRecovery: emergencyRecoveryMachine,
  crashRecovery: crashRecoveryMachine,
} as const;
const names = Object.keys(charts) as (keyof typeof charts)[];

/** `backpedal diagram`: a chart as Mermaid, made from what runs. Needs no configuration. */
export const diagramCommand: CliCommand = cliCommand({
  name: 'diagram',
  description: 'Draw a chart as Mermaid, from its own definition',
  args: { chart: { type: 'positional', default: 'rollback', description: names.join(', ') }, ...OUT },
  async run(setting, args) {
    const chart = oneOf(args.chart, names, 'CHART');
    const mermaid = toMermaid(charts[chart]);
    await writeDocument(setting, args.out, mermaid, { chart, mermaid });
    return EXIT.done;
  },
});
