import type { Receipt } from './record-types.ts';

const short = (hash: string | null): string => (hash === null ? '–' : `\`${hash.slice(0, 12)}\``);

/** A cell of a table: no pipes, no line breaks, no markup that a key name could smuggle in. */
const cell = (text: string): string =>
  (text.isWellFormed() ? text : text.toWellFormed())
    .replace(/[\\`*_[\]<>|]/g, '\\$&')
    .replace(/\s+/g, ' ')
    .slice(0, 80);

const verdicts: Readonly<Record<Receipt['keys'][number]['verdict'], string>> = {
  exact: 'as before the migration, byte for byte',
  merged: 'with the later changes merged in',
  newerKept: 'newer value left alone',
  notRestored: 'not restored',
};

function keyTable(receipt: Receipt): string[] {
  if (receipt.keys.length === 0) return ['No keys.'];
  return [
    '| key | before | after | backup | verdict |',
    '| --- | --- | --- | --- | --- |',
    ...receipt.keys.map(
      ({ key, before, after, backup, verdict }) =>
        `| ${cell(key)} | ${short(before)} | ${short(after)} | ${short(backup)} | ${verdicts[verdict]} |`,
    ),
  ];
}

function collectionTable(receipt: Receipt): string[] {
  if (receipt.collections.length === 0) return ['No rows were moved.'];
  return [
    '| collection | rows moved | added | changed | deleted | of others, kept |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...receipt.collections.map(
      ({ collection, rows, added, changed, deleted, kept }) =>
        `| ${cell(collection)} | ${rows} | ${added} | ${changed} | ${deleted} | ${kept} |`,
    ),
  ];
}

/** The receipt for people; the first twelve digits of each SHA-256 are shown. */
export function receiptMarkdown(receipt: Receipt): string {
  const kept = receipt.displaced.map((key) => `- ${cell(key)}`);
  const left = receipt.notCarriedOver.map(
    ({ collection, key, reason }) => `- ${cell(collection)} ${cell(key)}: ${cell(reason)}`,
  );
  return [
    `# Receipt of run ${receipt.runId}`,
    '',
    `Migration **${cell(receipt.migrationId)}**, outcome **${receipt.outcome}**, reason ${receipt.reason}, ${receipt.timestamp}.`,
    '',
    '## Storage',
    '',
    ...keyTable(receipt),
    '',
    '## Database',
    '',
    ...collectionTable(receipt),
    ...(kept.length > 0 ? ['', '## Newer values kept in the vault', '', ...kept] : []),
    ...(left.length > 0 ? ['', '## Changes that stay in the archive', '', ...left] : []),
    '',
  ].join('\n');
}
