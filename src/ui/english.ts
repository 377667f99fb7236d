import type { Formats } from './formats.ts';
import type { Messages } from './messages.ts';

/** A number and a word that gets an `s`. */
const many = (count: number, word: string, { plural }: Formats): string =>
  plural(count, { one: `# ${word}`, other: `# ${word}s` });

/** `SAFE_MODE_UNLOCKED` as `Safe mode unlocked`; what somebody has written stays as it is. */
const spoken = (code: string): string =>
  /^[A-Z_]+$/.test(code) ? (code.charAt(0) + code.slice(1).toLowerCase()).replaceAll('_', ' ') : code;

type Drift = Parameters<Messages['lost']>[0]['plan']['drift'];

const kinds = {
  added: 'added',
  changed: 'changed',
  deleted: 'deleted',
  dependents: 'dependent on them',
  storageKeys: 'in storage',
} as const;

/** `3 added, 5 changed, and 1 in storage`; nothing when nothing has drifted. */
const driftText = (drift: Drift, f: Formats): string =>
  f.list(
    (Object.keys(kinds) as (keyof typeof kinds)[])
      .filter((kind) => drift[kind] > 0)
      .map((kind) => `${f.number(drift[kind])} ${kinds[kind]}`),
  );

const inArchive = 'They stay in the archive.';
const nothing = (): string => 'nothing.';

/** The default catalogue, in English. */
export const english: Messages = {
  tones: { info: 'Note', good: 'Success', warning: 'Warning', critical: 'Serious problem' },
  step: (name) => name,
  stepStates: { done: 'done', current: 'in progress', pending: 'not begun', failed: 'failed' },
  status: ({ currentStep }) => currentStep,
  statusDetail: ({ description }) => description,
  fault: ({ message }) => message,
  note: (text) => text,
  failed: 'That did not work',
  working: 'Please wait…',
  showMore: ({ next, left }, f) => `Show ${f.number(next)} of ${f.number(left)} more`,
  showKeys: (count, f) => `Show ${many(count, 'key', f)}`,
  typeWord: (word) => `Type “${word}” to go on`,
  loss: 'What is lost:',
  cancel: 'Cancel',

  rollBack: 'Roll back…',
  planTitle: 'Take the migration back?',
  planLead: ({ backupCreatedAt }, f) =>
    `Your data goes back to where it was, from the backup of ${f.date(backupCreatedAt)}.`,
  planLooking: 'Looking at what would change…',
  planImpossible: 'It cannot begin as things are',
  planConfirm: 'Roll back now',
  otherCopies:
    'Your data may still be put back from another copy: an older backup, or the rows of the database. You are asked before anything older or uncertain is used.',
  lookForCopy: 'Look for another copy',
  planTime: (seconds, f) => `This takes about ${f.duration(seconds)}.`,
  planWarnings: 'Good to know',
  planParts: { restored: 'Restored', removed: 'Removed', kept: 'Kept', lost: 'Lost' },
  restored: ({ keysToRestore }, f) => `${many(keysToRestore, 'key', f)} in this browser, as before the migration.`,
  removed: ({ rowsToRemove }, f) => `${many(rowsToRemove, 'row', f)} of the database, moved to the archive.`,
  kept: ({ keys, rows }, f) =>
    f.list([
      ...(keys > 0 ? [`${many(keys, 'key', f)} already right`] : []),
      ...(rows > 0 ? [`${many(rows, 'row', f)} of others`] : []),
      'all backups and the archive',
    ]),
  lost: ({ plan, choice }, f) => {
    const drift = driftText(plan.drift, f);
    if (drift === '') return 'Nothing.';
    if (choice === null) return `That depends on what you choose about your changes (${drift}).`;
    return choice === 'merge'
      ? `Of your changes (${drift}), only what cannot be carried over. ${inArchive}`
      : `Your changes (${drift}). ${inArchive}`;
  },
  keyActions: { restore: 'restored', keep: 'kept', displace: 'restored, newer value set aside' },
  showChanges: (count, f) => `Show ${many(count, 'change', f)}`,
  changeKind: (kind) => kind,
  unlisted: (count, f) => `${f.number(count)} more, not listed.`,
  dependents: ({ table, collection, rows, effect }, f) =>
    `${many(rows, 'row', f)} of ${table} that refer to ${collection}: ${
      { moved: 'moved with them', detached: 'lose the reference', forbids: 'forbid removing them' }[effect]
    }.`,

  driftLegend: 'What becomes of what was changed after the migration?',
  questionLegend: 'What should be done?',
  questions: {
    drift: {
      title: 'Your decision is needed',
      text: ({ drift }, f) => `The backup does not know your changes after the migration (${driftText(drift, f)}).`,
    },
    olderBackup: {
      title: 'Only an older backup can be used',
      text: ({ createdAt, keys }, f) =>
        `The backup of the migration is damaged or missing. One of ${f.date(createdAt)} is intact, with ${many(keys, 'key', f)}.`,
    },
    reconstruction: {
      title: 'Not everything can be proved',
      text: ({ exact, lossy, missing }, f) =>
        `The backup is damaged or missing. Your data was put together from what is left: ${many(exact, 'item', f)} exact, ${f.number(lossy)} that may differ, ${f.number(missing)} not found.`,
    },
    emptiedStorage: {
      title: 'This browser’s data was emptied',
      text: ({ keys }, f) =>
        `${many(keys, 'key', f)} are gone. Perhaps somebody logged out on purpose. A copy is safe.`,
    },
  },
  questionWaits: 'Take your time: nothing is locked and nothing changes meanwhile.',
  choices: {
    merge: {
      label: 'Carry the changes over',
      effect: 'The backup is restored with the changes merged into it.',
      loss: () => `only what cannot be carried over. ${inArchive}`,
      word: null,
    },
    discard: {
      label: 'Leave the changes out',
      effect: 'The backup is restored exactly as it was.',
      loss: ({ drift }, f) => `your changes (${driftText(drift, f)}). ${inArchive}`,
      word: 'discard',
    },
    useOlderBackup: {
      label: 'Use the older backup',
      effect: 'What it holds is restored.',
      loss: () => `changes between that backup and the migration. ${inArchive}`,
      word: 'older',
    },
    reconstruct: {
      label: 'Put the data together',
      effect: 'Looks at what is left. You are asked again unless all of it is proved.',
      loss: nothing,
      word: null,
    },
    useReconstruction: {
      label: 'Use what was put together',
      effect: 'It is restored. The receipt says what is not proved.',
      loss: ({ lossy, missing }, f) =>
        `${many(missing, 'item', f)} not found. ${many(lossy, 'item', f)} may differ from what they were.`,
      word: 'reconstruction',
    },
    stop: {
      label: 'Stop here',
      effect: 'Everything stays as it is, and support is told.',
      loss: nothing,
      word: null,
    },
    restore: {
      label: 'Put the data back',
      effect: 'Whoever uses this browser can read it again.',
      loss: () => 'nothing; but somebody may have logged out on purpose.',
      word: 'restore',
    },
    keepEmpty: {
      label: 'Leave it empty',
      effect: 'Nothing is put back unasked any more.',
      loss: nothing,
      word: null,
    },
  },
  answer: 'Go on with this',
  cancelRun: 'Cancel the rollback',

  progress: 'Progress',
  remaining: (seconds, f) => (seconds === null ? 'Time left: not known yet' : `About ${f.duration(seconds)} left`),
  cancelling: { stopsHere: 'Cancel', undoes: 'Cancel and undo', tooLate: 'Cancel' },
  cancellingHint: {
    stopsHere: 'Nothing has been changed yet.',
    undoes: 'What was changed so far would be put back.',
    tooLate: 'It can no longer be cancelled.',
  },
  problems: 'Problems so far',
  announce: ({ text, milestone }, f) => (milestone > 0 && milestone < 100 ? `${text}, ${f.percent(milestone)}` : text),

  banners: {
    recovering: 'Making sure that your data is complete…',
    running: 'Your data is being put back.',
    question: 'A rollback waits for your decision.',
    safeMode: 'Your data is locked. Every copy is kept.',
    failed: 'Your data could not be looked at.',
  },
  bannerActions: {
    recovering: '',
    running: 'Show progress',
    question: 'Decide',
    safeMode: 'See what to do',
    failed: 'Try again',
  },

  safeModeTitle: 'Safe mode',
  safeModeText:
    'The rollback could neither be finished nor undone and is locked. No copy of your data has been deleted. Download the copies and contact support.',
  copies: 'Copies of your data',
  noCopies: 'No copy was found. Contact support first.',
  backupCopy: ({ createdAt, entries }, f) => `Backup of ${f.date(createdAt)}, ${many(entries, 'key', f)}`,
  archiveCopy: ({ rows, values }, f) => `Archive, ${many(rows, 'row', f)}, ${many(values, 'value', f)} set aside`,
  download: 'Download',
  downloadAll: 'Download every copy',
  contactSupport: 'Contact support',
  unlockTitle: 'Unlock after a repair',
  unlockReason: 'What was repaired?',
  unlock: 'Unlock',

  resultTitle: ({ outcome }) =>
    ({ rolledBack: 'Your data is back', unchanged: 'Nothing was changed', safeMode: 'Safe mode' })[outcome],
  resultText: ({ outcome, finalStatus }) => {
    if (outcome !== 'rolledBack') return 'Everything is as it was before the rollback.';
    return finalStatus === 'SUCCESS'
      ? 'Migration rolled back successfully. Your data has been restored.'
      : 'Rollback completed with warnings. Please verify your data.';
  },
  resultSteps: 'What was done',
  resultWarnings: 'Warnings',
  receipt: 'Receipt',
  // `newerKept` as `newer kept`.
  verdict: (verdict) => verdict.replace(/[A-Z]/, (letter) => ` ${letter.toLowerCase()}`),
  receiptText: 'Download as text',
  receiptData: 'Download as data',
  verify: 'Verify',
  verified: ({ checked, errors }, f) => `${many(checked, 'check', f)}, ${many(errors, 'difference', f)}`,
  done: 'Done',

  backups: 'Backups',
  noBackups: 'There is no backup yet.',
  backup: ({ entries, size, user, reconstruction }, f) =>
    [
      many(entries, 'key', f),
      many(size, 'character', f),
      ...(user === null ? [] : [user]),
      ...(reconstruction === undefined ? [] : ['put together']),
    ].join(' · '),
  backupState: (check) => (check === undefined ? 'not checked' : check.valid ? 'intact' : 'damaged'),
  remove: 'Remove',
  removeTitle: 'Remove this backup?',
  removeText: ({ createdAt }, f) => `The backup of ${f.date(createdAt)} is deleted for good.`,
  backupRemoved: 'The backup was removed.',
  import: 'Import a backup…',
  backupImported: 'The backup was checked and imported.',

  audit: 'What has happened',
  noAudit: 'Nothing yet.',
  auditType: spoken,
  auditResult: spoken,
  auditReason: spoken,
  auditBy: (user) => user ?? 'nobody known',
};
