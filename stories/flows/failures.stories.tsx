import type { Meta, StoryObj } from '@storybook/react-vite';
import { flowStory, flowsMeta } from './flow-story.tsx';
import { rollBack } from './roll-back.ts';

const meta: Meta = { ...flowsMeta, title: 'Flows/Failures' };

export default meta;

export const DamagedBackup: StoryObj = flowStory({
  title: 'Damaged backup',
  description:
    'A hash of the newest backup does not match. Nothing is read from it: another copy is looked for, put together, proved item by item, and used.',
  play: async (hands) => {
    await hands.stopBefore('loadingBackup');
    await rollBack(hands);
    await hands.isHeld();
    await hands.press('The newest backup is damaged');
    await hands.goOn();
    await hands.sees('Your data is back');
    await hands.storageIs('7 of 7 keys exactly as before');
  },
});

export const PartialFailure: StoryObj = flowStory({
  title: 'Partial failure',
  description: 'The data is safe and back, but the cache does not answer: the rollback succeeds with warnings.',
  play: async (hands) => {
    await hands.press('The cache does not answer');
    await rollBack(hands);
    await hands.sees('Your data is back');
    await hands.reads('Rollback completed with warnings. Please verify your data.');
    await hands.storageIs('7 of 7 keys exactly as before');
  },
});

export const StepFailsOnce: StoryObj = flowStory({
  title: 'A step fails once',
  description:
    'The connection is lost while the rows are being moved. The step is done once more, and nobody is asked.',
  play: async (hands) => {
    await hands.press('Clear Database fails once');
    await rollBack(hands);
    await hands.sees('Your data is back');
    await hands.storageIs('7 of 7 keys exactly as before');
  },
});

export const OutcomeUnknown: StoryObj = flowStory({
  title: 'Nobody knows whether it was committed',
  description: 'The connection is lost at the commit. The recorded outcome is looked up, and the run goes on.',
  play: async (hands) => {
    await hands.press('Clear Database: nobody knows whether it was committed');
    await rollBack(hands);
    await hands.sees('Your data is back');
    await hands.storageIs('7 of 7 keys exactly as before');
  },
});

export const NoRoom: StoryObj = flowStory({
  title: 'There is no room',
  description:
    'Storage takes nothing more when the data is to be put back. Everything is undone: the rows return from the archive.',
  play: async (hands) => {
    await hands.press('Restore has no room');
    await rollBack(hands);
    await hands.sees('Nothing was changed');
    await hands.storageIs('3 of 7 keys');
    await hands.counts('Database', /^tasks/, '6');
  },
});
