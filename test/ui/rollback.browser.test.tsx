import { describe, expect, it } from 'vitest';
import { RollbackScreen } from '../../src/ui/index.ts';
import { acting } from '../react/kit.tsx';
import { asking, CONTENT, type Device, keysOf, migrated, sorted } from '../runtime/kit.ts';
import { passing, type Shown, showOn } from './kit.tsx';

const edit = (on: Device, title = 'edited'): void => on.database.update('tasks', { id: 't1' }, { title });

const openPlan = async (on: Device, ui: Shown): Promise<void> => {
  await ui.press('Roll back…');
  await passing(on, () => ui.has('Roll back now'), 'the plan');
};

describe('a rollback from its button to its receipt', () => {
  it('UI4 nothing is changed by looking; confirmed, everything is as before the migration', async () => {
    const { on, client } = await migrated();
    const ui = await showOn(client, <RollbackScreen />);
    await openPlan(on, ui);
    expect(ui.text()).toContain('2 keys in this browser, as before the migration.');
    expect(ui.text()).toContain('5 rows of the database, moved to the archive.');
    expect(ui.host.querySelector('[data-part="lost"]')?.textContent).toBe('LostNothing.');
    expect(client.getSnapshot().activity).toBe('migration');
    await ui.press('Roll back now');
    await passing(on, () => ui.has('Done'), 'the end');
    expect(ui.host.querySelector('h2')?.textContent).toBe('Your data is back');
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    await ui.press('Done');
    expect(ui.has('Roll back…')).toBe(true);
  });

  it('UI4 cancelled in the dialog, nothing has begun', async () => {
    const { on, client } = await migrated();
    const ui = await showOn(client, <RollbackScreen />);
    await openPlan(on, ui);
    await ui.press('Cancel');
    await acting(() => on.clock.advance(5000));
    expect(client.getSnapshot()).toMatchObject({ activity: 'migration', migrationState: 'MIGRATED' });
    expect(ui.host.querySelector('dialog')).toBeNull();
  });

  it('UI4 what cannot begin says why, and offers no way to begin', async () => {
    const { on, client } = await migrated();
    const ui = await showOn(client, <RollbackScreen />);
    await openPlan(on, ui);
    await ui.press('Roll back now');
    await passing(on, () => ui.has('Done'), 'the end');
    await ui.press('Done');
    await ui.press('Roll back…');
    await passing(on, () => ui.host.querySelector('[role="alert"]') !== null, 'the reason');
    expect(ui.host.querySelector('[role="alert"]')?.textContent).toContain('migration');
    expect(ui.has('Roll back now')).toBe(false);
  });

  it('UI4 where the backup is damaged, or gone, another copy can be looked for, and its use is asked about', async () => {
    for (const loss of ['damaged', 'gone'] as const) {
      const { on, client } = await migrated();
      for (const name of [...on.vault.disk.keys()].filter((one) => one.includes('/backups/'))) {
        if (loss === 'gone') on.vault.disk.delete(name);
        else if (name.endsWith('/content')) on.vault.disk.set(name, 'damaged');
      }
      const ui = await showOn(client, <RollbackScreen />);
      await ui.press('Roll back…');
      await passing(on, () => ui.has('Look for another copy'), 'the way out');
      expect(ui.has('Roll back now')).toBe(false);
      await ui.press('Look for another copy');
      await passing(on, () => ui.has('Use what was put together'), 'the question');
      expect(client.getSnapshot().question).toMatchObject({ question: 'reconstruction' });
      await client.close();
    }
  });

  it('UI8 the receipt of a run can be kept as text and as data', async () => {
    const { on, client } = await migrated();
    const files: { readonly name: string; readonly text: string }[] = [];
    const ui = await showOn(client, <RollbackScreen />, { onDownload: (file) => void files.push(file) });
    await openPlan(on, ui);
    await ui.press('Roll back now');
    await passing(on, () => ui.has('Download as text'), 'the receipt');
    await ui.press('Download as text');
    await ui.press('Download as data');
    const [text, data] = files;
    expect(text?.name).toMatch(/^receipt-.*\.md$/);
    expect(text?.text).toContain('# Receipt of run');
    expect(JSON.parse(data?.text ?? '')).toMatchObject({ outcome: 'rolledBack' });
    await ui.press('Verify');
    await passing(on, () => ui.text().includes('0 differences'), 'the verification');
  });
});

describe('drift', () => {
  it('UI5 leaving changes out has to be typed, and what was chosen is done', async () => {
    const { on, client } = await migrated();
    edit(on);
    const ui = await showOn(client, <RollbackScreen />);
    await openPlan(on, ui);
    const begin = (): HTMLElement => ui.find('Roll back now');
    expect(begin().getAttribute('aria-disabled')).toBe('true');
    await ui.press('Leave the changes out');
    expect(begin().getAttribute('aria-disabled')).toBe('true');
    await ui.press('Roll back now');
    expect(client.getSnapshot().activity).toBe('migration');
    await ui.type(/^Type “discard”/, 'discard');
    expect(begin().getAttribute('aria-disabled')).toBeNull();
    await ui.press('Roll back now');
    await passing(on, () => ui.has('Done'), 'the end');
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  });

  it('UI4 merging carries over what was seen, without asking a second time', async () => {
    const { on, client } = await migrated();
    edit(on);
    const asked: unknown[] = [];
    const ui = await showOn(client, <RollbackScreen />);
    await openPlan(on, ui);
    await ui.press('Carry the changes over');
    client.subscribe(() => asked.push(client.getSnapshot().question));
    await ui.press('Roll back now');
    await passing(on, () => ui.has('Done'), 'the end');
    expect(on.storage.entries().find(([key]) => key === 'task-store')?.[1]).toContain('"title":"edited"');
    expect(asked.some((question) => question !== null)).toBe(true);
  });

  it('UI4 when more was changed after the plan was shown, the run asks again, and the earlier answer does not count', async () => {
    const { on, client } = await migrated();
    edit(on);
    const ui = await showOn(client, <RollbackScreen />);
    await openPlan(on, ui);
    await ui.press('Carry the changes over');
    edit(on, 'edited once more');
    await ui.press('Roll back now');
    await passing(on, () => client.getSnapshot().question !== null, 'the question');
    await acting(() => on.clock.advance(5000));
    expect(ui.host.querySelector('h2')?.textContent).toBe('Your decision is needed');
    await ui.press('Carry the changes over');
    await ui.press('Go on with this');
    await passing(on, () => ui.has('Done'), 'the end');
    expect(on.storage.entries().find(([key]) => key === 'task-store')?.[1]).toContain('edited once more');
  });

  it('UI6 a question says what is lost, nothing is chosen beforehand, and the run can be cancelled from there', async () => {
    const { on, client } = await migrated();
    const ui = await showOn(client, <RollbackScreen />);
    const { ending } = await acting(() => asking(on, client));
    expect(ui.host.querySelectorAll('[type="radio"]:checked')).toHaveLength(0);
    expect(ui.text()).toContain('What is lost: your changes (1 changed). They stay in the archive.');
    await ui.press('Cancel the rollback');
    await acting(() => on.until(ending));
    await passing(on, () => ui.host.querySelector('h2')?.textContent === 'Nothing was changed', 'the end');
  });
});
