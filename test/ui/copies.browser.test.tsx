import { describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { BackpedalError } from '../../src/errors.ts';
import { type Backpedal, createBackpedal } from '../../src/index.ts';
import { seededIdentity, withFaults } from '../../src/testing/index.ts';
import { AuditTimeline, BackupList, type DownloadFile, RecoveryBanner, RollbackScreen } from '../../src/ui/index.ts';
import { acting } from '../react/kit.tsx';
import { asking, type Device, migrated } from '../runtime/kit.ts';
import { passing, showOn } from './kit.tsx';

/** A client whose rollback ends in safe mode: storage cannot be read any more from some point on. */
async function lockedDown(): Promise<{ readonly on: Device; readonly client: Backpedal }> {
  const { on } = await migrated();
  const throws = new BackpedalError('STORAGE_UNAVAILABLE', 'Told to fail.', { persistence: 'transient' });
  const { port } = withFaults(on.storage.open(new AbortController().signal), [
    { operation: 'read', moment: 'before', repeat: 'forever', at: 8, behaviour: { throws } },
  ]);
  const { migration, database, vault, lock, clock } = on;
  const death = new AbortController().signal;
  const client = createBackpedal({
    migration,
    storage: port,
    database,
    vault: vault.open(death),
    lock: lock.open(death),
    clock,
    identity: seededIdentity('locked'),
  });
  const { outcome } = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
  expect(outcome).toBe('safeMode');
  return { on, client };
}

describe('safe mode', () => {
  it('UI7 every copy that there is can be downloaded, and help can be asked for', async () => {
    const { on, client } = await lockedDown();
    const files: DownloadFile[] = [];
    const ui = await showOn(client, <RollbackScreen />, {
      onDownload: (file) => void files.push(file),
      support: 'mailto:help@tasks.example',
    });
    await passing(on, () => ui.has('Download every copy'), 'the copies');
    expect(ui.find('Contact support').getAttribute('href')).toBe('mailto:help@tasks.example');
    await ui.press('Download every copy');
    const archive = await client.archive.list();
    const runs = new Set([...archive.rows, ...archive.displaced].map(({ run }) => run));
    const backups = await client.backups.list();
    await passing(on, () => files.length === backups.length + runs.size, 'every download');
    const [backup] = backups;
    expect(files.map(({ text }) => text)).toContain(await client.backups.export(backup?.id ?? ''));
    for (const { text } of files) expect(text.length).toBeGreaterThan(100);
    expect(ui.has('Unlock')).toBe(false);
  });

  it('UI7 one copy alone can be downloaded, too', async () => {
    const { on, client } = await lockedDown();
    const files: DownloadFile[] = [];
    const ui = await showOn(client, <RollbackScreen />, { onDownload: (file) => void files.push(file) });
    await passing(on, () => ui.has(/^Download Backup of/), 'the copies');
    await ui.press(/^Download Backup of/);
    await passing(on, () => files.length === 1, 'the download');
    expect(ui.has('Contact support')).toBe(false);
  });

  it('UI7 unlocking, where it is offered, needs a reason and leaves safe mode', async () => {
    const { on, client } = await lockedDown();
    const ui = await showOn(client, <RollbackScreen unlock="offered" />);
    expect(ui.host.querySelector('h2')?.textContent).toBe('Safe mode');
    await ui.press('Unlock after a repair');
    await ui.press('Unlock');
    await acting(() => on.clock.advance(1000));
    expect(client.getSnapshot().migrationState).toBe('SAFE_MODE');
    await ui.type(/^What was repaired/, 'The storage was mended.');
    await ui.press('Unlock');
    await passing(on, () => ui.has('Roll back…'), 'the app');
    expect(await client.audit.list()).toContainEqual(
      expect.objectContaining({ type: 'SAFE_MODE_UNLOCKED', reason: 'The storage was mended.' }),
    );
  });
});

describe('backups', () => {
  it('UI9 a backup is verified, and removing the last good one is refused with its reason', async () => {
    const { on, client } = await migrated();
    const ui = await showOn(client, <BackupList />);
    await passing(on, () => ui.has(/^Verify/), 'the backup');
    expect(ui.text()).toContain('not checked');
    await ui.press(/^Verify/);
    await passing(on, () => ui.text().includes('intact'), 'the check');
    await ui.press(/^Remove /);
    await ui.press('Remove');
    await passing(on, () => ui.host.querySelector('[role="alert"]') !== null, 'the refusal');
    expect(ui.host.querySelector('[role="alert"]')?.textContent).toMatch(/BACKUP_(PINNED|LAST_GOOD)$/);
    expect(await client.backups.list()).toHaveLength(1);
  });

  it('UI9 a damaged one is shown as damaged, in words', async () => {
    const { on, client } = await migrated();
    const ui = await showOn(client, <BackupList />);
    await passing(on, () => ui.has(/^Verify/), 'the backup');
    for (const [name, text] of on.vault.disk)
      if (name.includes('/backup') && text.includes('draft')) on.vault.disk.set(name, text.replace('draft', 'draFt'));
    await ui.press(/^Verify/);
    await passing(on, () => ui.text().includes('damaged'), 'the check');
  });

  it('UI9 what is downloaded can be imported again; what is no backup is refused', async () => {
    const { on, client } = await migrated();
    const files: DownloadFile[] = [];
    const ui = await showOn(client, <BackupList />, { onDownload: (file) => void files.push(file) });
    await passing(on, () => ui.has(/^Download/), 'the backup');
    await ui.press(/^Download/);
    await passing(on, () => files.length === 1, 'the download');
    const input = ui.host.querySelector<HTMLInputElement>('input[type="file"]') as HTMLInputElement;
    await acting(() => userEvent.upload(input, new File(['no backup'], 'backup.json')));
    await passing(on, () => ui.host.querySelector('[role="alert"]') !== null, 'the refusal');
    expect(ui.host.querySelector('[role="alert"]')?.textContent).toMatch(/BACKUP_[A-Z]+$/);
    await acting(() => userEvent.upload(input, new File([files[0]?.text ?? ''], 'backup.json')));
    await passing(on, () => ui.text().includes('was checked and imported'), 'the import');
    expect(ui.host.querySelector('[role="alert"]')).toBeNull();
  });
});

describe('what has happened, and what has to be said', () => {
  it('UI9 the audit trail is shown, the latest first, and renewed after a run', async () => {
    const { on, client } = await migrated();
    const ui = await showOn(client, <AuditTimeline />);
    await passing(on, () => ui.text().includes('Migration'), 'the migration');
    await acting(() => on.until(client.rollback({ reason: 'PERFORMANCE_DEGRADATION' })));
    await passing(on, () => ui.text().includes('Migration rollback'), 'the rollback');
    const [latest] = ui.host.querySelectorAll('.bp-timeline li');
    expect(latest?.textContent).toContain('Performance degradation');
  });

  it('UI16 the banner leads to a question, and goes when it is answered', async () => {
    const { on, client } = await migrated();
    const pressed: string[] = [];
    const ui = await showOn(client, <RecoveryBanner onAction={(banner) => pressed.push(banner)} />);
    expect(ui.text()).toBe('');
    const { ending } = await acting(() => asking(on, client));
    expect(ui.text()).toContain('A rollback waits for your decision.');
    await ui.press('Decide');
    expect(pressed).toEqual(['question']);
    await acting(() => client.decide({ question: 'drift', choice: 'discard' }));
    await acting(() => on.until(ending));
    expect(ui.text()).toBe('');
  });
});
