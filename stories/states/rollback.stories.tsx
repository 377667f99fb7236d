// Made from the chart by `npm run state-stories`: one story for each of its states.
import type { Meta, StoryObj } from '@storybook/react-vite';
import { stateStory, statesMeta } from './state-story.tsx';

const meta: Meta = { ...statesMeta, title: 'States/Rollback' };

export default meta;

export const PreparingInspecting: StoryObj = {
  ...stateStory('rollback', 'preparing.inspecting'),
  name: 'Looking at what would change · inspecting',
};
export const PreparingDeciding: StoryObj = {
  ...stateStory('rollback', 'preparing.deciding'),
  name: 'Waiting for your decision · deciding',
};
export const PreparingLocking: StoryObj = {
  ...stateStory('rollback', 'preparing.locking'),
  name: 'Making sure that nobody else is at it · locking',
};
export const PreparingStopping: StoryObj = {
  ...stateStory('rollback', 'preparing.stopping'),
  name: 'Stopping the app’s work · stopping',
};
export const PreparingLoadingBackup: StoryObj = {
  ...stateStory('rollback', 'preparing.loadingBackup'),
  name: 'Checking the backup · loadingBackup',
};
export const PreparingStandingDown: StoryObj = {
  ...stateStory('rollback', 'preparing.standingDown'),
  name: 'Letting the app work again · standingDown',
};
export const PreparingRecoveringBackup: StoryObj = {
  ...stateStory('rollback', 'preparing.recoveringBackup'),
  name: 'Looking for another copy · recoveringBackup',
};
export const ExecutingClearingDatabase: StoryObj = {
  ...stateStory('rollback', 'executing.clearingDatabase'),
  name: 'Moving the rows out of the database · clearingDatabase',
};
export const ExecutingResolvingClear: StoryObj = {
  ...stateStory('rollback', 'executing.resolvingClear'),
  name: 'Finding out whether the database was cleared · resolvingClear',
};
export const ExecutingInvalidatingCache: StoryObj = {
  ...stateStory('rollback', 'executing.invalidatingCache'),
  name: 'Emptying the cache · invalidatingCache',
};
export const ExecutingReclaiming: StoryObj = {
  ...stateStory('rollback', 'executing.reclaiming'),
  name: 'Taking the lease back · reclaiming',
};
export const ExecutingReplacingBackup: StoryObj = {
  ...stateStory('rollback', 'executing.replacingBackup'),
  name: 'Looking for another copy · replacingBackup',
};
export const ExecutingPreparingRestore: StoryObj = {
  ...stateStory('rollback', 'executing.preparingRestore'),
  name: 'Preparing the restore · preparingRestore',
};
export const ExecutingRestoringStorage: StoryObj = {
  ...stateStory('rollback', 'executing.restoringStorage'),
  name: 'Putting the data back · restoringStorage',
};
export const VerifyingVerifyingData: StoryObj = {
  ...stateStory('rollback', 'verifying.verifyingData'),
  name: 'Checking every key · verifyingData',
};
export const VerifyingCleaningState: StoryObj = {
  ...stateStory('rollback', 'verifying.cleaningState'),
  name: 'Tidying up · cleaningState',
};
export const CompensatingUndoingRestore: StoryObj = {
  ...stateStory('rollback', 'compensating.undoingRestore'),
  name: 'Undoing the restore · undoingRestore',
};
export const CompensatingUndoingClear: StoryObj = {
  ...stateStory('rollback', 'compensating.undoingClear'),
  name: 'Putting the rows back · undoingClear',
};
export const FinishingReleasing: StoryObj = {
  ...stateStory('rollback', 'finishing.releasing'),
  name: 'Letting go · releasing',
};
export const FinishingLockingDown: StoryObj = {
  ...stateStory('rollback', 'finishing.lockingDown'),
  name: 'Entering safe mode · lockingDown',
};
export const FinishingAnnouncing: StoryObj = {
  ...stateStory('rollback', 'finishing.announcing'),
  name: 'Reporting · announcing',
};
export const RolledBack: StoryObj = {
  ...stateStory('rollback', 'rolledBack'),
  name: 'Your data is back · rolledBack',
};
export const Unchanged: StoryObj = {
  ...stateStory('rollback', 'unchanged'),
  name: 'Nothing was changed · unchanged',
};
export const SafeMode: StoryObj = {
  ...stateStory('rollback', 'safeMode'),
  name: 'Safe mode · safeMode',
};
export const Unlocked: StoryObj = {
  ...stateStory('rollback', 'unlocked'),
  name: 'Unlocked · unlocked',
};
