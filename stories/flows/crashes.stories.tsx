import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect } from 'storybook/test';
import { workOn } from '../sandbox/sample-app.ts';
import { flowStory, flowsMeta, migrated } from './flow-story.tsx';
import { rollBack } from './roll-back.ts';

const meta: Meta = { ...flowsMeta, title: 'Flows/Crashes and tabs' };

export default meta;

export const CrashAndRecovery: StoryObj = flowStory({
  title: 'Crash and recovery',
  description:
    'The browser is killed after the rows were moved out and before anything was put back: the data is nowhere to be seen. The next start goes on at the last record.',
  play: async (hands) => {
    await hands.stopBefore('restoringStorage');
    await rollBack(hands);
    await hands.isHeld();
    await hands.press('Kill the browser: what was not on the disk is lost');
    await hands.stopBefore('');
    await hands.press('Open tab A again', 'A');
    await hands.sees('Your data is back');
    await hands.storageIs('7 of 7 keys exactly as before');
  },
});

export const BurstLost: StoryObj = flowStory({
  title: 'The disk never got it',
  description:
    'The rollback has ended well, but browsers write storage minutes later: the power fails, and what was put back is gone. The next start sees it by the marker and restores again.',
  play: async (hands) => {
    await rollBack(hands);
    await hands.sees('Your data is back');
    await hands.press('Kill the browser: what was not on the disk is lost');
    await hands.storageIs('3 of 7 keys');
    await hands.press('Open tab A again', 'A');
    await hands.storageIs('7 of 7 keys exactly as before');
    await hands.reads('Your data is in this browser.');
  },
});

/** Two tabs are on one page here, so that their landmarks have the same names; in a browser each has a page. */
const twoPages = { a11y: { config: { rules: [{ id: 'landmark-unique', enabled: false }] } } };

export const TwoTabs: StoryObj = {
  parameters: twoPages,
  ...flowStory({
    title: 'Two tabs',
    description:
      'Tab A rolls back and is closed in the middle. Tab B finds the open run, takes it over with a higher token, and ends it.',
    tabs: ['A', 'B'],
    play: async (hands) => {
      await hands.stopBefore('preparingRestore');
      await rollBack(hands, 'A');
      await hands.isHeld();
      await hands.press('Close the tab');
      await hands.stopBefore('');
      await hands.press('Look for unfinished work', 'B');
      await hands.sees('Your data is back', 'B');
      await hands.storageIs('7 of 7 keys exactly as before');
    },
  }),
};

export const FrozenTab: StoryObj = {
  parameters: twoPages,
  ...flowStory({
    title: 'A frozen tab wakes up',
    description:
      'Tab A is frozen in the middle and holds the lock. The lock is only a hint: B takes over with a higher token. When A wakes up, database and vault refuse it, and it shows how the run ended.',
    tabs: ['A', 'B'],
    before: async (sandbox) => {
      await migrated(sandbox);
      workOn(sandbox.lasting.database);
    },
    play: async (hands) => {
      await hands.stopBefore('restoringStorage');
      await hands.press('Roll back…', 'A');
      await hands.choose(/Carry the changes over/);
      await hands.press('Roll back now', 'A');
      await hands.isHeld();
      await hands.press('Freeze the tab');
      await hands.goOn();
      await hands.press('Another tab takes the lock');
      await hands.press('Look for unfinished work', 'B');
      await hands.sees('Your data is back', 'B');
      await hands.press('Thaw the tab');
      await hands.sees('Your data is back', 'A');
      await hands.storageIs('5 of 7 keys exactly as before');
      await expect(hands.within('Storage of the browser').getByText(/Replace the oven/)).toBeVisible();
    },
  }),
};
