// Made from the chart by `npm run state-stories`: one story for each of its states.
import type { Meta, StoryObj } from '@storybook/react-vite';
import { stateStory, statesMeta } from './state-story.tsx';

const meta: Meta = { ...statesMeta, title: 'States/Emergency recovery' };

export default meta;

export const TryingBackups: StoryObj = {
  ...stateStory('emergencyRecovery', 'tryingBackups'),
  name: 'Trying every backup · tryingBackups',
};
export const AskingForOlderBackup: StoryObj = {
  ...stateStory('emergencyRecovery', 'askingForOlderBackup'),
  name: 'Only an older backup is left · askingForOlderBackup',
};
export const Reconstructing: StoryObj = {
  ...stateStory('emergencyRecovery', 'reconstructing'),
  name: 'Putting the data together again · reconstructing',
};
export const AskingForReconstruction: StoryObj = {
  ...stateStory('emergencyRecovery', 'askingForReconstruction'),
  name: 'Not everything can be proved to be as it was · askingForReconstruction',
};
export const RequestingManualRecovery: StoryObj = {
  ...stateStory('emergencyRecovery', 'requestingManualRecovery'),
  name: 'Calling for help · requestingManualRecovery',
};
export const Recovered: StoryObj = {
  ...stateStory('emergencyRecovery', 'recovered'),
  name: 'Another copy was found · recovered',
};
export const NotRecovered: StoryObj = {
  ...stateStory('emergencyRecovery', 'notRecovered'),
  name: 'No copy was found · notRecovered',
};
