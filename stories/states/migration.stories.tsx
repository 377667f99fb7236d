// Made from the chart by `npm run state-stories`: one story for each of its states.
import type { Meta, StoryObj } from '@storybook/react-vite';
import { stateStory, statesMeta } from './state-story.tsx';

const meta: Meta = { ...statesMeta, title: 'States/Migration' };

export default meta;

export const PreparingSurveying: StoryObj = {
  ...stateStory('migration', 'preparing.surveying'),
  name: 'Looking at your data · surveying',
};
export const PreparingLocking: StoryObj = {
  ...stateStory('migration', 'preparing.locking'),
  name: 'Making sure that nobody else is at it · locking',
};
export const PreparingStopping: StoryObj = {
  ...stateStory('migration', 'preparing.stopping'),
  name: 'Stopping the app’s work · stopping',
};
export const PreparingBackingUp: StoryObj = {
  ...stateStory('migration', 'preparing.backingUp'),
  name: 'Making a backup · backingUp',
};
export const CopyingCopyingBatch: StoryObj = {
  ...stateStory('migration', 'copying.copyingBatch'),
  name: 'Copying into the database · copyingBatch',
};
export const CopyingVerifyingCopy: StoryObj = {
  ...stateStory('migration', 'copying.verifyingCopy'),
  name: 'Checking the copy · verifyingCopy',
};
export const CopyingTakingDigests: StoryObj = {
  ...stateStory('migration', 'copying.takingDigests'),
  name: 'Taking fingerprints · takingDigests',
};
export const ClearingSource: StoryObj = {
  ...stateStory('migration', 'clearingSource'),
  name: 'Finishing the move · clearingSource',
};
export const UndoingRollingBack: StoryObj = {
  ...stateStory('migration', 'undoing.rollingBack'),
  name: 'Rolling back · rollingBack',
};
export const UndoingPuttingSourceBack: StoryObj = {
  ...stateStory('migration', 'undoing.puttingSourceBack'),
  name: 'Putting the source back · puttingSourceBack',
};
export const UndoingDiscardingCopy: StoryObj = {
  ...stateStory('migration', 'undoing.discardingCopy'),
  name: 'Removing the copy · discardingCopy',
};
export const FinishingClosing: StoryObj = {
  ...stateStory('migration', 'finishing.closing'),
  name: 'Tidying up · closing',
};
export const FinishingReleasing: StoryObj = {
  ...stateStory('migration', 'finishing.releasing'),
  name: 'Letting go · releasing',
};
export const FinishingLockingDown: StoryObj = {
  ...stateStory('migration', 'finishing.lockingDown'),
  name: 'Entering safe mode · lockingDown',
};
export const FinishingAnnouncing: StoryObj = {
  ...stateStory('migration', 'finishing.announcing'),
  name: 'Reporting · announcing',
};
export const Migrated: StoryObj = {
  ...stateStory('migration', 'migrated'),
  name: 'Moved · migrated',
};
export const Unchanged: StoryObj = {
  ...stateStory('migration', 'unchanged'),
  name: 'Nothing was changed · unchanged',
};
export const RolledBack: StoryObj = {
  ...stateStory('migration', 'rolledBack'),
  name: 'Taken back · rolledBack',
};
export const SafeMode: StoryObj = {
  ...stateStory('migration', 'safeMode'),
  name: 'Safe mode · safeMode',
};
export const Unlocked: StoryObj = {
  ...stateStory('migration', 'unlocked'),
  name: 'Unlocked · unlocked',
};
