// Made from the chart by `npm run state-stories`: one story for each of its states.
import type { Meta, StoryObj } from '@storybook/react-vite';
import { stateStory, statesMeta } from './state-story.tsx';

const meta: Meta = { ...statesMeta, title: 'States/Crash recovery' };

export default meta;

export const LookingFinding: StoryObj = {
  ...stateStory('crashRecovery', 'looking.finding'),
  name: 'Looking for unfinished work · finding',
};
export const LookingProbing: StoryObj = {
  ...stateStory('crashRecovery', 'looking.probing'),
  name: 'Looking at every copy · probing',
};
export const LookingResuming: StoryObj = {
  ...stateStory('crashRecovery', 'looking.resuming'),
  name: 'Going on with the interrupted run · resuming',
};
export const LookingSettling: StoryObj = {
  ...stateStory('crashRecovery', 'looking.settling'),
  name: 'Looking whether everything reached the disk · settling',
};
export const LookingPayingDebts: StoryObj = {
  ...stateStory('crashRecovery', 'looking.payingDebts'),
  name: 'Finishing what was left over · payingDebts',
};
export const ActingAsking: StoryObj = {
  ...stateStory('crashRecovery', 'acting.asking'),
  name: 'Storage was emptied · asking',
};
export const ActingGoingOn: StoryObj = {
  ...stateStory('crashRecovery', 'acting.goingOn'),
  name: 'Going on as decided · goingOn',
};
export const ActingRestoringAgain: StoryObj = {
  ...stateStory('crashRecovery', 'acting.restoringAgain'),
  name: 'Putting the data back again · restoringAgain',
};
export const ActingAdopting: StoryObj = {
  ...stateStory('crashRecovery', 'acting.adopting'),
  name: 'Taking note of the migration · adopting',
};
export const ActingDiscarding: StoryObj = {
  ...stateStory('crashRecovery', 'acting.discarding'),
  name: 'Undoing an unfinished copy · discarding',
};
export const ActingCompleting: StoryObj = {
  ...stateStory('crashRecovery', 'acting.completing'),
  name: 'Completing the rollback · completing',
};
export const ActingRetrying: StoryObj = {
  ...stateStory('crashRecovery', 'acting.retrying'),
  name: 'Rolling back once more · retrying',
};
export const EndingLockingDown: StoryObj = {
  ...stateStory('crashRecovery', 'ending.lockingDown'),
  name: 'Entering safe mode · lockingDown',
};
export const EndingAnnouncing: StoryObj = {
  ...stateStory('crashRecovery', 'ending.announcing'),
  name: 'Reporting · announcing',
};
export const Done: StoryObj = {
  ...stateStory('crashRecovery', 'done'),
  name: 'Nothing is left to do · done',
};
export const Failed: StoryObj = {
  ...stateStory('crashRecovery', 'failed'),
  name: 'It could not be looked · failed',
};
export const Recovered: StoryObj = {
  ...stateStory('crashRecovery', 'recovered'),
  name: 'Recovered · recovered',
};
export const RolledBack: StoryObj = {
  ...stateStory('crashRecovery', 'rolledBack'),
  name: 'Your data is back · rolledBack',
};
export const Unchanged: StoryObj = {
  ...stateStory('crashRecovery', 'unchanged'),
  name: 'Nothing was changed · unchanged',
};
export const SafeMode: StoryObj = {
  ...stateStory('crashRecovery', 'safeMode'),
  name: 'Safe mode · safeMode',
};
export const Unlocked: StoryObj = {
  ...stateStory('crashRecovery', 'unlocked'),
  name: 'Unlocked · unlocked',
};
