import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect } from 'storybook/test';
import { workOn } from '../sandbox/sample-app.ts';
import { flowStory, flowsMeta, migrated } from './flow-story.tsx';
import { rollBack } from './roll-back.ts';

const meta: Meta = { ...flowsMeta, title: 'Flows/Levels 2 and 3' };

export default meta;

export const OlderBackup: StoryObj = flowStory({
  title: 'Level 2: an older backup',
  description:
    'The data was migrated twice, and the backup of the second migration is gone. The older one lacks what was written in between: a person decides.',
  before: async (sandbox) => {
    await migrated(sandbox);
    await sandbox.ask('A', 'first rollback', (client) => client.rollback({ reason: 'USER_REQUEST' }));
    sandbox.lasting.storage.setItem('note-1', '{"id":"1","text":"The key is with the neighbours"}');
    await sandbox.ask('A', 'second migration', (client) => client.migrate());
  },
  play: async (hands) => {
    await hands.stopBefore('loadingBackup');
    await rollBack(hands);
    await hands.isHeld();
    await hands.press('The newest backup is deleted');
    await hands.goOn();
    await hands.sees('Only an older backup can be used');
    await hands.choose(/Use the older backup/);
    await hands.type(/older/, 'older');
    await hands.press('Go on with this', 'A');
    await hands.sees('Your data is back');
    await hands.storageIs('7 of 7 keys exactly as before');
  },
});

export const DamagedBeforehand: StoryObj = flowStory({
  title: 'Level 2: damaged before anybody asked',
  description:
    'The only backup is gone when somebody wants to roll back. There is no plan to show; another copy is looked for, and what was put together is asked about.',
  before: async (sandbox) => {
    await migrated(sandbox);
    workOn(sandbox.lasting.database);
  },
  play: async (hands) => {
    await hands.press('The newest backup is deleted');
    await hands.press('Roll back…', 'A');
    await hands.press('Look for another copy', 'A');
    await hands.choose(/Carry the changes over/);
    await hands.press('Go on with this', 'A');
    await hands.sees('Not everything can be proved');
    await hands.choose(/Use what was put together/);
    await hands.type(/reconstruction/, 'reconstruction');
    await hands.press('Go on with this', 'A');
    await hands.sees('Your data is back');
  },
});

export const Reconstruction: StoryObj = flowStory({
  title: 'Level 2: put together again',
  description:
    'The only backup is gone, and rows were changed. Storage and rows are put together; what cannot be proved is said, and a person decides.',
  before: async (sandbox) => {
    await migrated(sandbox);
    workOn(sandbox.lasting.database);
  },
  play: async (hands) => {
    await hands.stopBefore('loadingBackup');
    await hands.press('Roll back…', 'A');
    await hands.choose(/Carry the changes over/);
    await hands.press('Roll back now', 'A');
    await hands.isHeld();
    await hands.press('The newest backup is deleted');
    await hands.goOn();
    await hands.sees('Not everything can be proved');
    await hands.choose(/Use what was put together/);
    await hands.type(/reconstruction/, 'reconstruction');
    await hands.press('Go on with this', 'A');
    await hands.sees('Your data is back');
    await expect(hands.within('Storage of the browser').getByText(/Replace the oven/)).toBeVisible();
  },
});

export const EmptiedStorage: StoryObj = flowStory({
  title: 'Level 2: storage was emptied',
  description:
    'After the rollback all keys are gone, the marker too: perhaps somebody logged out. Nothing is put back unasked.',
  play: async (hands) => {
    await rollBack(hands);
    await hands.sees('Your data is back');
    await hands.press('Somebody logs out: storage is emptied');
    await hands.press('Close the tab');
    await hands.press('Open tab A again', 'A');
    await hands.sees('This browser’s data was emptied');
    await hands.choose(/Put the data back/);
    await hands.type(/restore/, 'restore');
    await hands.press('Go on with this', 'A');
    await hands.storageIs('6 of 7 keys exactly as before');
  },
});

export const SafeMode: StoryObj = flowStory({
  title: 'Level 3: safe mode',
  description:
    'Neither restoring nor undoing works. Everything is locked, every copy is kept and can be downloaded, and people are told. After the repair somebody unlocks it and says why.',
  play: async (hands) => {
    await hands.press('Neither restoring nor undoing works');
    await rollBack(hands);
    await hands.sees('Safe mode');
    await hands.findsLink('Contact support');
    await hands.open('Unlock after a repair');
    await hands.type(/What was repaired/, 'The rows were put back by hand');
    await hands.press('Unlock', 'A');
    await hands.reads('Your data is in the database.');
  },
});
