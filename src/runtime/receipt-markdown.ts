import type { Receipt } from './record-types.ts';

const short = (hash: string | null): string => (hash === null ? '–' : `\`${hash.slice(0, 12)}\``);

const LONGEST = 80;

/** Control and formatting characters, lone surrogates among them: they would be invisible, or turn text around. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A name between others: no markup, line break or pipe that it could smuggle in, and visible if it is empty. */
function cell(text: string): string {
  if (text === '') return '*(empty)*';
  const visible = text.replace(HIDDEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  const characters = [...visible];
  const shown = characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : visible;
  // Every ASCII punctuation mark may be escaped (CommonMark 2.4), so none is left to mean anything.
  return shown.replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

const verdicts: Readonly<Record<Receipt['keys'][number]['verdict'], string>> = {
  exact: 'as before the migration, byte for byte',
  merged: 'with the later changes merged in',
  removed: 'removed, because its item was deleted',
  newerKept: 'newer value left alone',
  notRestored: 'not restored',
  older: 'as in an older backup; not proved to be as before the migration',
  reconstructed: 'put together; not proved to be as before the migration',
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

/** What has to be said of a backup that is not the migration's own. */
function copyLines({ copy, reconstruction }: Receipt): string[] {
  if (copy === 'older')
    return [
      '',
      'The backup of the migration could not be used, or another one was chosen: **an older backup** was restored.',
    ];
  if (reconstruction === undefined) return [];
  const { exact, lossy, missing, items } = reconstruction;
  const unproved = items.filter(({ fidelity }) => fidelity === 'lossy');
  return [
    '',
    `The backup of the migration could not be used: what was restored was **put together**; ${exact} items are proved to be as they were, ${lossy} are not, ${missing} keys or items are lost.`,
    ...(unproved.length > 0 ? ['', '## Items that are not proved', ''] : []),
    ...unproved.map(({ collection, id, storageKey }) => `- ${cell(collection)} ${cell(id)} in ${cell(storageKey)}`),
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
    ...copyLines(receipt),
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
