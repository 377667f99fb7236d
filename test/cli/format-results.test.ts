import { describe, expect, it } from 'vitest';
import {
  formatArchive,
  formatAudit,
  formatBackupChecks,
  formatBackups,
  formatVerification,
} from '../../src/cli/format-lists.ts';
import { formatDrill, formatMigration, formatRollback } from '../../src/cli/format-run.ts';
import { formatStatus } from '../../src/cli/format-status.ts';
import { PLAIN, styleFor } from '../../src/cli/style.ts';
import { count, duration } from '../../src/cli/units.ts';
import { migrationOf, QUESTION, rollbackOf, statusOf } from './samples.ts';

describe('results for people', () => {
  it('CM4 have colours only on a terminal that knows them, and not against NO_COLOR', () => {
    expect(styleFor({ isTTY: true }, {}).good('x')).not.toBe('x');
    expect(styleFor({}, {}).good('x')).toBe('x');
    expect(styleFor({ isTTY: true }, { NO_COLOR: '1' }).good('x')).toBe('x');
    expect(styleFor({ isTTY: true }, { NO_COLOR: '' }).good('x')).not.toBe('x');
    expect(styleFor({ isTTY: true }, { TERM: 'dumb' }).good('x')).toBe('x');
  });

  it('CM1 a rollback says how it ended, step by step', () => {
    const text = formatRollback(rollbackOf({}), PLAIN);
    expect(text).toMatch(/^Rolled back/);
    expect(text).toContain('done    Clear Database: rows 262');
    const failed = formatRollback(
      rollbackOf({
        success: false,
        outcome: 'unchanged',
        finalStatus: 'FAILED',
        steps: [{ step: 'Load Backup', success: false, error: { code: 'BACKUP_DAMAGED', message: 'Damaged.' } }],
        error: { code: 'BACKUP_DAMAGED', message: 'Damaged.' },
      }),
      PLAIN,
    );
    expect(failed).toMatch(/^Nothing was changed/);
    expect(failed).toContain('FAILED  Load Backup: BACKUP_DAMAGED: Damaged.');
  });

  it('CM1 what is safe and back but not tidy says so, and names the warnings', () => {
    const text = formatRollback(
      rollbackOf({
        success: false,
        finalStatus: 'PARTIAL',
        warnings: [{ code: 'CACHE_UNAVAILABLE', message: 'Down.' }],
      }),
      PLAIN,
    );
    expect(text).toContain('not everything went as it should');
    expect(text).toContain('Warning CACHE_UNAVAILABLE: Down.');
    expect(formatRollback(rollbackOf({ outcome: 'safeMode', success: false, finalStatus: 'FAILED' }), PLAIN)).toMatch(
      /^Safe mode/,
    );
  });

  it('CM1 a migration counts its items and names those that failed', () => {
    const failures = [{ collection: 'tasks', id: 't\n1', reason: 'title is missing' }];
    const text = formatMigration(
      migrationOf({ failed: 3, migrated: 259, failures, success: false, finalStatus: 'PARTIAL' }),
      PLAIN,
    );
    expect(text).toContain('262 items: 259 copied, 3 failed.');
    expect(text).toContain('tasks "t\\n1": title is missing');
    expect(text).toContain('and 2 more');
  });

  it('CM6 a rehearsal says that nothing real was touched, and what was wrong', () => {
    const drill = {
      success: false,
      result: rollbackOf({}),
      keysRestored: 1,
      rowsRemoved: 2,
      problems: ['A key differs.'],
    };
    const text = formatDrill(drill, PLAIN);
    expect(text).toContain('failed. Nothing real was touched.');
    expect(text).toContain('1 key restored, 2 rows removed.');
    expect(text).toContain('A key differs.');
  });

  it('CM16 the status names state, open run, question and what to call next', () => {
    const open = statusOf({
      migrationState: 'ROLLING_BACK',
      activity: 'rollback',
      runId: 'r1',
      state: 'preparing.deciding',
      currentStep: 'Waiting for your decision',
      canCancel: true,
      question: QUESTION,
      escalation: 2,
    });
    const text = formatStatus(open, ['backpedal cancel'], PLAIN);
    expect(text).toContain('ROLLING_BACK: ');
    expect(text).toContain(
      'Open run: rollback r1\n  at preparing.deciding: Waiting for your decision (0 %)\n  can be cancelled',
    );
    expect(text).toContain('level 2, a person decides');
    expect(text).toContain('Question: what becomes of these changes: 4 rows (1 added, 2 changed, 1 deleted)?');
    expect(text).toContain('Next:\n  backpedal cancel');
    const ended = statusOf({ activity: 'rollback', runId: 'r1', outcome: 'rolledBack', migrationState: 'ROLLED_BACK' });
    expect(formatStatus(ended, [], PLAIN)).toContain('Latest run: rollback r1, ended rolledBack');
  });

  it('CM17 a verification names every error, by what was checked', () => {
    const results = {
      localstorage: { success: true, errors: [], verified: '', checked: 9 },
      database: { success: false, errors: ['2 rows remain in tasks'], verified: '', checked: 1200 },
    };
    expect(formatVerification(results, PLAIN)).toBe(
      'passed  localstorage: 9 checked\nFAILED  database: 1,200 checked\n        2 rows remain in tasks',
    );
  });

  it('CM18 backups are lines that name what can be restored and whether it can be trusted', () => {
    const backup = {
      id: 'b1',
      migrationId: 'm',
      createdAt: '2026',
      origin: 'https://app.example',
      user: null,
      entries: 9,
      size: 1200,
      sha256: 'a'.repeat(64),
    };
    expect(formatBackups([backup])).toMatch(/b1 +2026 +9 +1,200 +- +https:\/\/app.example +a{12}$/);
    expect(formatBackups([])).toBe('There is no backup.');
    const checks = [
      { id: 'b1', valid: true, entries: 1 },
      { id: 'b2', valid: false, entries: 0, error: { code: 'BACKUP_DAMAGED', message: 'Wrong hash.' } },
    ] as const;
    expect(formatBackupChecks(checks, PLAIN)).toBe(
      'valid    b1: 1 key, every hash is right\nDAMAGED  b2: BACKUP_DAMAGED: Wrong hash.',
    );
  });

  it('CM19 archive and audit are lines, and say when they are empty', () => {
    expect(formatArchive({ rows: [], displaced: [] })).toBe('The archive is empty.');
    expect(formatAudit([])).toBe('The audit trail is empty.');
    const archive = formatArchive({
      rows: [{ run: 'r1', collection: 'tasks', table: 'tasks', rows: 1200 }],
      displaced: [{ run: 'r1', key: 'a\u001b[2J', size: 5 }],
    });
    expect(archive).toMatch(/r1 +tasks +tasks +1,200/);
    expect(archive).toMatch(/r1 +"a\\u001b\[2J" +5/);
  });

  it('CM6 times are words, and numbers can be read', () => {
    expect([null, 0.4, 1, 89, 90, 5399, 7300].map(duration)).toEqual([
      'unknown',
      'less than a second',
      'about 1 second',
      'about 89 seconds',
      'about 2 minutes',
      'about 90 minutes',
      'about 2 hours',
    ]);
    expect(count(1234567)).toBe('1,234,567');
  });
});
