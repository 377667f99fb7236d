import type { Meta, StoryObj } from '@storybook/react-vite';
import { flowStory, flowsMeta, opened } from './flow-story.tsx';
import type { Hands } from './hands.ts';

const meta: Meta = { ...flowsMeta, title: 'Flows/Automatic triggers' };

export default meta;

const migrate = (hands: Hands): Promise<void> => hands.press('Move my data into the database', 'A');

/** A migration that was stopped by itself has left everything as it was. */
async function nothingChanged(hands: Hands, reason: RegExp): Promise<void> {
  await hands.sees('Nothing was changed');
  await hands.reads(reason);
  await hands.press('Done', 'A');
  await hands.storageIs('7 of 7 keys exactly as before');
}

export const ValidationFailures: StoryObj = flowStory({
  title: 'Too many items fail validation',
  description:
    'Two of eleven items have lost their title, more than the tenth that is tolerated: the migration undoes itself.',
  brokenTasks: 2,
  before: opened,
  play: async (hands) => {
    await migrate(hands);
    await nothingChanged(hands, /VALIDATION_FAILURES/);
  },
});

export const Memory: StoryObj = flowStory({
  title: 'Memory runs out',
  description: 'While the items are being copied, 95 % of the memory are in use. The copy is taken away again.',
  before: opened,
  play: async (hands) => {
    await hands.stopBefore('verifyingCopy');
    await migrate(hands);
    await hands.isHeld();
    await hands.press('Memory is at 95 %');
    await hands.goOn();
    await nothingChanged(hands, /MEMORY_THRESHOLD/);
  },
});

export const Timeout: StoryObj = flowStory({
  title: 'It takes too long',
  description: 'Every call takes four seconds, and the app allows one minute: the migration undoes itself.',
  before: opened,
  play: async (hands) => {
    await hands.press('Every call takes four seconds');
    await migrate(hands);
    await nothingChanged(hands, /TIMEOUT/);
  },
});

export const DatabaseLost: StoryObj = flowStory({
  title: 'The database is lost',
  description:
    'The connection is lost before the source is cleared. The copy cannot be taken away now: that is a debt, which the next start pays.',
  before: opened,
  play: async (hands) => {
    await hands.stopBefore('clearingSource');
    await migrate(hands);
    await hands.isHeld();
    await hands.press('The database goes away');
    await hands.goOn();
    await nothingChanged(hands, /DATABASE_CONNECTION_LOST/);
    await hands.counts('Database', /^tasks/, '6');
    await hands.press('The database comes back');
    await hands.press('Close the tab');
    await hands.press('Open tab A again', 'A');
    await hands.counts('Database', /^tasks/, '0');
  },
});
