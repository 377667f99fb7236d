import type { Formats } from './formats.ts';
import type { Messages } from './messages.ts';

const keys = (count: number, f: Formats): string => f.plural(count, { one: '# stored key', other: '# stored keys' });
const rows = (count: number, f: Formats): string => f.plural(count, { one: '# row', other: '# rows' });

const driftText: Messages['drift'] = ({ added, changed, deleted, dependents, storageKeys }, f) => {
  const parts = [
    [added, `${rows(added, f)} added`],
    [changed, `${rows(changed, f)} changed`],
    [deleted, `${rows(deleted, f)} deleted`],
    [dependents, f.plural(dependents, { one: '# row that belongs to them', other: '# rows that belong to them' })],
    [storageKeys, `${keys(storageKeys, f)} written in this browser`],
  ] as const;
  return f.list(parts.filter(([count]) => count > 0).map(([, text]) => text));
};

const STAYS_IN_ARCHIVE = 'they stay in the archive and can be exported';

/** The default catalogue, in English. */
export const english: Messages = {
  tones: { info: 'Note', good: 'Success', warning: 'Warning', critical: 'Serious problem' },
  steps: {
    'Load Backup': 'Load the backup',
    'Clear Database': 'Clear the database',
    'Restore LocalStorage': 'Restore this browser’s data',
    'Verify Data': 'Verify the data',
    'Clean State': 'Clean up',
  },
  stepStates: { done: 'done', current: 'in progress', pending: 'not begun', failed: 'failed' },
  reasons: {
    VALIDATION_FAILURES: 'Too many items failed validation',
    DATABASE_CONNECTION_LOST: 'The database could not be reached',
    MEMORY_THRESHOLD: 'Memory was nearly used up',
    TIMEOUT: 'It took too long',
    USER_CANCELLED: 'It was cancelled',
    DATA_CORRUPTION: 'Data was found damaged',
    PERFORMANCE_DEGRADATION: 'The app became slow',
    BUSINESS_LOGIC_ERROR: 'Data was converted wrongly',
    USER_REQUEST: 'Somebody asked for it',
  },
  status: ({ currentStep }) => currentStep,
  statusDetail: ({ description }) => description,
  fault: ({ text }) => text,
  note: (text) => text,
  cancel: 'Cancel',
  close: 'Close',
  failed: 'That did not work',
  working: 'Please wait…',
  showMore: ({ next, left }, f) => `Show ${f.number(next)} more (${f.number(left)} not shown)`,
  typeWord: (word) => `Type “${word}” to go on`,
  whatIsLost: 'What is lost:',

  rollBack: 'Roll back…',
  planTitle: 'Take the migration back?',
  planLead: ({ backupCreatedAt }, f) =>
    `Your data goes back to where it was before the migration, from the backup of ${f.date(backupCreatedAt)}.`,
  planLooking: 'Looking at what would change. Looking changes nothing.',
  planImpossible: 'It cannot begin as things are',
  planConfirm: 'Roll back now',
  planTime: (seconds, f) => `This takes about ${f.duration(seconds)}.`,
  planWarnings: 'Good to know',
  restored: 'Restored',
  restoredText: ({ keysToRestore }, f) =>
    keysToRestore === 0
      ? 'Everything in this browser is as it was already.'
      : `${keys(keysToRestore, f)} in this browser, exactly as before the migration.`,
  removed: 'Removed',
  removedText: ({ rowsToRemove }, f) => `${rows(rowsToRemove, f)} move from the database to the archive.`,
  kept: 'Kept',
  keptText: (kept, f) =>
    f.list([
      ...(kept.keys > 0 ? [`${keys(kept.keys, f)} that need no change`] : []),
      ...(kept.rows > 0 ? [`${rows(kept.rows, f)} of others`] : []),
      'all backups and the archive',
    ]),
  lost: 'Lost',
  lostText: ({ plan, choice }, f) => {
    const drift = driftText(plan.drift, f);
    if (drift === '') return 'Nothing.';
    if (choice === 'merge')
      return 'Nothing that can be carried over. What cannot is listed in the receipt and stays in the archive.';
    if (choice === null) return 'That depends on what you choose below.';
    return `From what you work with: ${drift}; ${STAYS_IN_ARCHIVE}.`;
  },
  keys: (count, f) => `Show the ${keys(count, f)}`,
  rows: (count, f) => f.plural(count, { one: 'Show # collection', other: 'Show # collections' }),
  changes: (count, f) => f.plural(count, { one: 'Show # change', other: 'Show # changes' }),
  keyActions: { restore: 'restored', keep: 'kept', displace: 'restored; the newer value is set aside' },
  rowKinds: { added: 'added', changed: 'changed', deleted: 'deleted', dependent: 'belongs to one of them' },
  dependents: ({ table, collection, rows: count, effect }, f) =>
    `${rows(count, f)} of ${table} that refer to ${collection} ${
      { moved: 'move to the archive with them', detached: 'lose that reference', forbids: 'forbid removing them' }[effect]
    }.`,
  unlisted: (count, f) => f.plural(count, { one: '# more is not listed.', other: '# more are not listed.' }),

  drift: driftText,
  driftLegend: 'What becomes of what was changed after the migration?',
  questions: {
    drift: {
      title: 'Your decision is needed',
      text: ({ drift }, f) =>
        `After the migration, this was changed: ${driftText(drift, f)}. The backup does not know of it. Nothing happens until you decide.`,
    },
    olderBackup: {
      title: 'Only an older backup can be used',
      text: ({ createdAt, keys: count }, f) =>
        `The backup of the migration is damaged or missing. One of ${f.date(createdAt)} with ${keys(count, f)} is intact. Nothing has been lost so far.`,
    },
    reconstruction: {
      title: 'Not everything can be proved',
      text: ({ exact, lossy, missing }, f) =>
        `The backup cannot be used, so your data was put together from what is left: ${f.plural(exact, { one: '# item is', other: '# items are' })} proved to be exact, ${f.plural(lossy, { one: '# may differ', other: '# may differ' })}, ${f.plural(missing, { one: '# was not found', other: '# were not found' })}.`,
    },
    emptiedStorage: {
      title: 'This browser’s data was emptied',
      text: ({ keys: count }, f) =>
        `${keys(count, f)} are gone from this browser. Perhaps somebody logged out or cleared the browser’s data on purpose. A copy is safe.`,
    },
  },
  choices: {
    merge: {
      label: 'Carry the changes over',
      effect: 'The backup is restored and the changes are merged into it.',
      loss: () => 'nothing; what cannot be carried over stays in the archive.',
      word: null,
    },
    discard: {
      label: 'Leave the changes out',
      effect: 'The backup is restored exactly as it was.',
      loss: ({ drift }, f) => `${driftText(drift, f)}; ${STAYS_IN_ARCHIVE}.`,
      word: 'discard',
    },
    useOlderBackup: {
      label: 'Use the older backup',
      effect: 'What it holds is restored.',
      loss: () => 'what was changed between that backup and the migration; its rows stay in the archive.',
      word: 'older',
    },
    reconstruct: {
      label: 'Try to put the data together',
      effect:
        'Looks at what the browser, the damaged backup and the database still hold. You are asked again before anything is used.',
      loss: () => 'nothing; this only looks.',
      word: null,
    },
    useReconstruction: {
      label: 'Use what was put together',
      effect: 'It is restored; the receipt says which items are not proved.',
      loss: ({ lossy, missing }, f) =>
        `${f.plural(missing, { one: '# item that was not found', other: '# items that were not found' })}; ${f.plural(lossy, { one: '# item may differ', other: '# items may differ' })} from what they were.`,
      word: 'reconstruction',
    },
    stop: {
      label: 'Stop here',
      effect: 'Everything stays as it is, and support is told.',
      loss: () => 'nothing.',
      word: null,
    },
    restore: {
      label: 'Put the data back',
      effect: 'It can be read in this browser again, by whoever uses it.',
      loss: () => 'nothing; but if somebody logged out on purpose, their data is here again.',
      word: 'restore',
    },
    keepEmpty: {
      label: 'Leave it empty',
      effect: 'Nothing is put back unasked any more. Backups and archive are kept.',
      loss: () => 'nothing; a backup can be restored later.',
      word: null,
    },
  },
  answer: 'Go on with this',
  cancelRun: 'Cancel the rollback',
  questionWaits: 'You can take your time: nothing is locked and nothing changes meanwhile.',

  progress: 'Progress',
  remaining: (seconds, f) => (seconds === null ? 'Time left: not known yet' : `About ${f.duration(seconds)} left`),
  cancelling: { stopsHere: 'Cancel', undoes: 'Cancel and undo', tooLate: 'Cancel' },
  cancellingHint: {
    stopsHere: 'Nothing has been changed yet.',
    undoes: 'What was changed so far would be put back.',
    tooLate: 'It can no longer be cancelled and goes on to its end.',
  },
  problems: 'Problems so far',
  announce: ({ text, milestone }, f) => (milestone > 0 && milestone < 100 ? `${text}, ${f.percent(milestone)}` : text),

  bannerRecovering: 'Making sure that your data is complete…',
  bannerQuestion: 'A rollback waits for your decision.',
  bannerSafeMode: 'Your data is locked for safety. Every copy is kept.',
  bannerElsewhere: 'Your data is being put back. You can go on in a moment.',
  bannerAction: { question: 'Decide', safeMode: 'See your options', running: 'Show progress' },

  safeModeTitle: 'Safe mode',
  safeModeText:
    'The rollback could neither be finished nor undone. Migration and rollback are locked, so that nothing gets worse. No copy of your data has been deleted. Download the copies below and contact support.',
  safeModeCopies: 'Copies of your data',
  safeModeNoCopies: 'No copy could be listed. Contact support before you do anything else.',
  downloadAll: 'Download every copy',
  downloadName: (name) => `Download ${name}`,
  backupCopy: ({ createdAt, entries }, f) => `Backup of ${f.date(createdAt)}, ${keys(entries, f)}`,
  archiveCopy: ({ rows: count, keys: values }, f) =>
    `Archive: ${f.list([...(count > 0 ? [rows(count, f)] : []), ...(values > 0 ? [f.plural(values, { one: '# value that was set aside', other: '# values that were set aside' })] : [])])}`,
  contactSupport: 'Contact support',
  unlockTitle: 'Unlock after a repair',
  unlockText: 'For whoever has repaired the data. The reason is kept in the audit trail.',
  unlockReason: 'What was repaired?',
  unlock: 'Unlock',

  resultTitle: ({ outcome }) =>
    ({ rolledBack: 'Your data is back', unchanged: 'Nothing was changed', safeMode: 'Safe mode' })[outcome],
  resultText: ({ outcome, finalStatus }) => {
    if (outcome === 'safeMode') return 'Migration and rollback are locked. Every copy is kept.';
    if (outcome === 'unchanged') return 'Everything is as it was before the rollback.';
    return finalStatus === 'SUCCESS'
      ? 'Migration rolled back successfully. Your data has been restored.'
      : 'Rollback completed with warnings. Please verify your data.';
  },
  resultSteps: 'What was done',
  resultWarnings: 'What did not go as it should',
  receipt: 'Receipt',
  receiptLoading: 'The receipt is being read…',
  receiptMarkdown: 'Download as text',
  receiptData: 'Download as data',
  verdicts: {
    exact: 'exactly as before the migration',
    merged: 'with later changes merged in',
    removed: 'removed, because its item was deleted',
    newerKept: 'newer value left alone',
    notRestored: 'not restored',
    older: 'as in an older backup',
    reconstructed: 'put together; not proved',
  },
  verify: 'Verify data',
  verified: ({ checked, errors }, f) =>
    errors === 0
      ? `Verified: ${f.plural(checked, { one: '# check', other: '# checks' })}, no differences.`
      : f.plural(errors, { one: '# difference was found:', other: '# differences were found:' }),
  done: 'Done',

  backups: 'Backups',
  backupsNone: 'There is no backup yet.',
  backupText: ({ entries, size, user, reconstruction }, f) =>
    [
      keys(entries, f),
      f.plural(size, { one: '# character', other: '# characters' }),
      ...(user === null ? [] : [user]),
      ...(reconstruction === undefined ? [] : ['put together from what was left']),
    ].join(' · '),
  backupState: (check) => {
    if (check === null) return 'not checked';
    return check.valid ? 'intact' : 'damaged';
  },
  verifyBackup: 'Verify',
  download: 'Download',
  remove: 'Remove…',
  removeTitle: 'Remove this backup?',
  removeText: ({ createdAt }, f) =>
    `The backup of ${f.date(createdAt)} is deleted for good. The last good backup is never removed.`,
  keep: 'Keep it',
  import: 'Import a backup…',
  imported: ({ createdAt }, f) => `The backup of ${f.date(createdAt)} was checked and imported.`,
  removedBackup: 'The backup was removed.',

  audit: 'What has happened',
  auditNone: 'Nothing has happened yet.',
  auditTypes: {
    MIGRATION: 'Migration',
    MIGRATION_ROLLBACK: 'Rollback',
    CRASH_RECOVERY: 'Recovery after a crash',
    SAFE_MODE_UNLOCKED: 'Safe mode unlocked',
    BACKUP_IMPORTED: 'Backup imported',
    BACKUP_REMOVED: 'Backup removed',
  },
  auditResults: { SUCCESS: 'succeeded', PARTIAL: 'succeeded in part', FAILED: 'failed' },
  auditBy: (user) => (user === null ? 'by nobody known' : `by ${user}`),
  details: 'Details',
};
