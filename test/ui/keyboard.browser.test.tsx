import type { ReactElement } from 'react';
import { expect, it } from 'vitest';
import type { RollbackStatus } from '../../src/index.ts';
import { BackupList, ResultView, RollbackScreen, RollbackScreenView } from '../../src/ui/index.ts';
import { result, status } from '../../stories/components/samples.ts';
import { migrated } from '../runtime/kit.ts';
import { focused, keys, passing, show, showOn } from './kit.tsx';

const edited = async (): ReturnType<typeof migrated> => {
  const one = await migrated();
  one.on.database.update('tasks', { id: 't1' }, { title: 'edited' });
  return one;
};

it('UI10 the dialog is modal, its safe way has the focus, Escape closes it and gives the focus back', async () => {
  const { on, client } = await edited();
  const ui = await showOn(client, <RollbackScreen />);
  ui.find('Roll back…').focus();
  await keys('{Enter}');
  expect(focused()).toBe('Cancel');
  await passing(on, () => ui.has('Roll back now'), 'the plan');
  expect(focused()).toBe('Cancel');
  expect(ui.host.querySelector('dialog')?.matches(':modal')).toBe(true);
  await keys('{Escape}');
  expect(ui.host.querySelector('dialog')).toBeNull();
  expect(focused()).toBe('Roll back…');
});

it('UI10 Enter in the dialog as it opens changes nothing: it is the safe way', async () => {
  const { on, client } = await migrated();
  const ui = await showOn(client, <RollbackScreen />);
  ui.find('Roll back…').focus();
  await keys('{Enter}');
  await passing(on, () => ui.has('Roll back now'), 'the plan');
  await keys('{Enter}');
  expect(ui.host.querySelector('dialog')).toBeNull();
  expect(client.getSnapshot().activity).toBe('migration');
  expect(focused()).toBe('Roll back…');
});

it('UI10 a choice is made, its word typed and the rollback begun with the keyboard alone; the focus is never lost', async () => {
  const { on, client } = await edited();
  const ui = await showOn(client, <RollbackScreen />);
  ui.find('Roll back…').focus();
  await keys('{Enter}');
  await passing(on, () => ui.has('Roll back now'), 'the plan');
  const backTo = async (name: RegExp): Promise<void> => {
    for (let times = 0; times < 20 && !name.test(focused()); times++) await keys('{Shift>}{Tab}{/Shift}');
    expect(focused()).toMatch(name);
  };
  await backTo(/^(Carry|Leave)/);
  await keys(' ');
  await keys('{ArrowDown}');
  if (!/^Leave/.test(focused())) await keys('{ArrowDown}');
  expect(focused()).toBe('Leave the changes out');
  await keys('{Tab}');
  expect(focused()).toMatch(/^Type “discard”/);
  await keys('discarD');
  await keys('{Enter}');
  await passing(on, () => ui.has('Done'), 'the end');
  expect(document.activeElement?.tagName).toBe('H2');
  expect(focused()).toBe('Your data is back');
});

it('UI10 a button that stops being possible keeps the focus and does nothing; then the heading of the end has it', async () => {
  const pressed: string[] = [];
  const screen = (parts: Partial<RollbackStatus>): ReactElement => (
    <RollbackScreenView
      status={status(parts)}
      onDecide={() => {}}
      onCancel={() => pressed.push('cancel')}
      ready={null}
      safeMode={null}
      result={<ResultView ending={result()} />}
    />
  );
  const ui = await show(screen({}));
  ui.find('Cancel and undo').focus();
  await ui.render(screen({ canCancel: false, cancelling: 'tooLate', stage: 'VERIFYING' }));
  expect(focused()).toBe('Cancel');
  await keys('{Enter}');
  expect(pressed).toEqual([]);
  await ui.render(screen({ stage: 'COMPLETED', outcome: 'rolledBack', migrationState: 'ROLLED_BACK' }));
  expect(focused()).toBe('Your data is back');
});

it('UI10 a backup is not removed without being asked, and the focus goes back to its button', async () => {
  const { on, client } = await migrated();
  const ui = await showOn(client, <BackupList />);
  await passing(on, () => ui.has(/^Remove/), 'the backup');
  ui.find(/^Remove/).focus();
  await keys('{Enter}');
  expect(focused()).toBe('Cancel');
  await keys('{Enter}');
  expect(ui.host.querySelector('dialog')).toBeNull();
  expect(focused()).toMatch(/^Remove/);
});
