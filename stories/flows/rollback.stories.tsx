import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect } from 'storybook/test';
import { workOn } from '../sandbox/sample-app.ts';
import { flowStory, flowsMeta, migrated } from './flow-story.tsx';
import { rollBack } from './roll-back.ts';

const meta: Meta = { ...flowsMeta, title: 'Flows/Rollback' };

export default meta;

export const HappyPath: StoryObj = flowStory({
  title: 'Happy path',
  description:
    'The data was moved into the database, and nobody has worked on it since. The rollback puts every key back byte for byte, and the rows go to the archive.',
  play: async (hands) => {
    await hands.storageIs('3 of 7 keys');
    await rollBack(hands);
    await hands.sees('Your data is back');
    await hands.storageIs('7 of 7 keys exactly as before');
  },
});

export const DriftIsMerged: StoryObj = flowStory({
  title: 'Drift, merged',
  description:
    'After the migration somebody added a task, changed another one and deleted a note. The changes are carried over into the restored data.',
  before: async (sandbox) => {
    await migrated(sandbox);
    workOn(sandbox.lasting.database);
  },
  play: async (hands) => {
    await hands.press('Roll back…', 'A');
    await hands.choose(/Carry the changes over/);
    await hands.press('Roll back now', 'A');
    await hands.sees('Your data is back');
    await hands.storageIs('5 of 7 keys exactly as before');
    const storage = hands.within('Storage of the browser');
    await expect(storage.getByText(/Replace the oven/)).toHaveTextContent('Water the plants');
  },
});

export const DriftIsLeftOut: StoryObj = flowStory({
  title: 'Drift, left out',
  description: 'The same, but the backup is restored exactly as it was. The changes stay in the archive.',
  before: async (sandbox) => {
    await migrated(sandbox);
    workOn(sandbox.lasting.database);
  },
  play: async (hands) => {
    await hands.press('Roll back…', 'A');
    await hands.choose(/Leave the changes out/);
    await hands.type(/discard/, 'discard');
    await hands.press('Roll back now', 'A');
    await hands.sees('Your data is back');
    await hands.storageIs('7 of 7 keys exactly as before');
    await expect(hands.within('Database').getByText('tasks ["t7"]')).toBeVisible();
  },
});

export const SomebodyWorksMeanwhile: StoryObj = flowStory({
  title: 'Somebody works meanwhile',
  description:
    'There was no drift when the rollback began. Before the rows are moved out, somebody works on them: the run lets go of everything and asks.',
  play: async (hands) => {
    await hands.stopBefore('clearingDatabase');
    await rollBack(hands);
    await hands.isHeld();
    await hands.press('Somebody works in the app');
    await hands.goOn();
    await hands.sees('Your decision is needed');
    await hands.choose(/Carry the changes over/);
    await hands.press('Go on with this', 'A');
    await hands.sees('Your data is back');
    await hands.storageIs('5 of 7 keys exactly as before');
  },
});

export const Cancelled: StoryObj = flowStory({
  title: 'Cancelled',
  description: 'A person cancels after the rows were moved to the archive: they are put back, and nothing has changed.',
  play: async (hands) => {
    await hands.stopBefore('preparingRestore');
    await rollBack(hands);
    await hands.isHeld();
    await hands.press('Cancel and undo', 'A');
    await hands.goOn();
    await hands.sees('Nothing was changed');
    await hands.storageIs('3 of 7 keys');
    await hands.counts('Database', /^tasks/, '6');
  },
});
