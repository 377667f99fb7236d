import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import type { StateMeta } from '../../src/machines/chart.ts';
import { crashRecoveryMeta } from '../../src/machines/crash-recovery/meta.ts';
import { emergencyRecoveryMeta } from '../../src/machines/emergency-recovery/meta.ts';
import { migrationMeta } from '../../src/machines/migration/meta.ts';
import { rollbackMeta } from '../../src/machines/rollback/meta.ts';

const text = readFileSync('docs/runbook.md', 'utf8');
const charts: readonly (readonly [heading: string, meta: Readonly<Record<string, StateMeta>>])[] = [
  ['### Rollback', rollbackMeta],
  ['### Migration', migrationMeta],
  ['### Crash recovery', crashRecoveryMeta],
  ['### Emergency recovery', emergencyRecoveryMeta],
];

/** The rows of the table under a heading, by the name in their first cell. */
function rowsUnder(heading: string): ReadonlyMap<string, readonly string[]> {
  const from = text.indexOf(`${heading}\n`);
  const section = text.slice(from + heading.length).split(/\n##+ /)[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return new Map(
    rows.map((line) => {
      const [name = '', ...cells] = line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim());
      return [name.replaceAll('`', ''), cells];
    }),
  );
}

const cancelling = { stopsHere: 'cancelling changes nothing', undoes: 'cancelling undoes', tooLate: 'no cancelling' };

/** What the charts themselves say of a state: the second and the third cell of its row. */
function wordsOf({ description, label, stage, cancel, waitsFor }: StateMeta): readonly string[] {
  const waits = waitsFor === undefined ? '' : ', waits for the user';
  return [description, `“${label}” (${stage}, ${cancelling[cancel]}${waits})`];
}

describe('the runbook', () => {
  it.each(charts)(
    'RN1 %s: every state has its row, in the words of the chart, and says what to do',
    (heading, meta) => {
      const rows = rowsUnder(heading);
      expect([...rows.keys()]).toEqual(Object.keys(meta));
      for (const [state, cells] of rows) {
        expect([state, ...cells.slice(0, 2)]).toEqual([state, ...wordsOf(meta[state] as StateMeta)]);
        expect([state, cells.length, (cells[2] ?? '').length > 3]).toEqual([state, 3, true]);
      }
    },
  );

  it('RN2 every error code says what it means, what the user sees and what to do', () => {
    const source = readFileSync('src/errors.ts', 'utf8');
    const union = /export type ErrorCode =([^;]+);/.exec(source)?.[1] ?? '';
    const codes = [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code);
    const rows = rowsUnder('## Error codes');
    expect(codes.length).toBeGreaterThan(60);
    expect([...rows.keys()].sort()).toEqual(codes.sort());
    for (const [code, cells] of rows)
      expect([code, cells.length, ...cells.map((cell) => cell.length > 3)]).toEqual([code, 3, true, true, true]);
  });

  it('RN3 every command that it names exists', () => {
    const named = [...text.matchAll(/`backpedal ([a-z-]+)/g)].map(([, command]) => command);
    const known = commands.map(({ name }) => name);
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((name) => !known.includes(name ?? ''))).toEqual([]);
  });
});
