import type { Decision, Question } from '../index.ts';
import { driftPhrase } from './format-drift.ts';
import { counted } from './units.ts';

/** A choice of any question. */
export type AnyChoice = Decision['choice'];

/** One answer to a question, as people are told of it. */
export interface Answer {
  readonly choice: AnyChoice;
  readonly label: string;
  /** What it does, and what is lost by it. */
  readonly effect: string;
  /** What a person has to type first, where something is lost or cannot be taken back. */
  readonly word?: string;
}

const stop: Answer = {
  choice: 'stop',
  label: 'Stop',
  effect: 'ends the rollback with everything as it is; administrators are told that no backup can be used',
};

const older = (age: string): Answer => ({
  choice: 'useOlderBackup',
  label: 'Use the older backup',
  effect: `restores what it holds; what was changed between ${age} and the migration is not in it, and its rows stay in the archive only`,
  word: 'older',
});

const reconstructed = (lossy: number, missing: number): Answer => ({
  choice: 'useReconstruction',
  label: 'Use what was put together',
  effect:
    missing === 0
      ? `restores it, with ${counted(lossy, 'item')} that may differ from what they were`
      : `restores it, with ${counted(lossy, 'item')} that may differ from what they were, and without ${counted(missing, 'key')} of which nothing was found`,
  word: 'reconstruction',
});

/** The answers to a question, in the order of its choices. */
export function answersTo(question: Question): readonly Answer[] {
  const known: Readonly<Record<AnyChoice, Answer>> = {
    merge: { choice: 'merge', label: 'Merge', effect: 'carries the changes over into what is restored' },
    discard: {
      choice: 'discard',
      label: 'Discard',
      effect: 'restores the backup as it was; the changes stay in the archive only',
      word: 'discard',
    },
    useOlderBackup: older(question.question === 'olderBackup' ? question.createdAt : 'its making'),
    reconstruct: {
      choice: 'reconstruct',
      label: 'Put the data together',
      effect:
        'looks what storage, the damaged backup and the rows still say; changes nothing, and asks again unless all of it is proved',
    },
    useReconstruction: reconstructed(
      question.question === 'reconstruction' ? question.lossy : 0,
      question.question === 'reconstruction' ? question.missing : 0,
    ),
    stop,
    restore: {
      choice: 'restore',
      label: 'Restore',
      effect: 'puts the data back; if somebody logged out on purpose, it can be read here again',
      word: 'restore',
    },
    keepEmpty: {
      choice: 'keepEmpty',
      label: 'Keep it empty',
      effect: 'leaves storage as it is; backups and archives are kept, and nothing is put back unasked any more',
    },
  };
  return question.choices.map((choice) => known[choice]);
}

/** What is asked, in one phrase, without what may be answered. */
export function questionPhrase(question: Question): string {
  switch (question.question) {
    case 'drift':
      return `what becomes of these changes: ${driftPhrase(question.drift)}`;
    case 'olderBackup':
      return `the backup of the migration cannot be used; is the older one of ${question.createdAt} to be used (${counted(question.keys, 'key')})`;
    case 'reconstruction': {
      const { exact, lossy, missing } = question;
      return `the backup cannot be used, and not all of what was put together can be proved (${exact} exact, ${lossy} not proved, ${counted(missing, 'key')} lost); which copy is to be used`;
    }
    case 'emptiedStorage':
      return `storage was emptied, perhaps because somebody logged out; is the data to be put back (${counted(question.keys, 'key')})`;
  }
}

/** Identifies what is asked: the same question is not put twice. */
export function questionKey(question: Question): string {
  switch (question.question) {
    case 'drift':
      return question.driftDigest;
    case 'olderBackup':
    case 'reconstruction':
      return `${question.question}/${question.backupId}`;
    case 'emptiedStorage':
      return `${question.question}/${question.keys}`;
  }
}
