import { describe, expect, it } from 'vitest';
import { reportError } from '../../src/cli/error-report.ts';
import { exitCodeOfError, exitCodeOfRun } from '../../src/cli/exit-codes.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { BackpedalError, DefinitionError } from '../../src/index.ts';

describe('errors', () => {
  it('CM10 of the library are told with code, message and details', () => {
    const error = new BackpedalError('BACKUP_DAMAGED', 'The backup is damaged.', { details: { keys: ['a'] } });
    expect(reportError(error, 'message')).toEqual({
      exitCode: 1,
      text: 'BACKUP_DAMAGED: The backup is damaged.',
      data: { error: { code: 'BACKUP_DAMAGED', message: 'The backup is damaged.', details: { keys: ['a'] } } },
    });
  });

  it('CM10 of another copy of the library are known all the same', () => {
    const foreign = Object.assign(new Error('Locked.'), { code: 'SAFE_MODE', details: {}, persistence: 'permanent' });
    expect(reportError(foreign, 'message')).toMatchObject({ exitCode: 4, text: 'SAFE_MODE: Locked.' });
  });

  it('CM10 of others are told by their kind only, with --verbose by their places, never by their message', () => {
    const secret = new TypeError('cannot read "Anna, 12 Main Street"', {
      cause: new Error('Failed query: params: Anna'),
    });
    const brief = reportError(secret, 'message');
    expect(brief).toMatchObject({ exitCode: 1, data: { error: { code: 'INTERNAL' } } });
    expect(brief.text).toContain('TypeError');
    const verbose = reportError(secret, 'stack').text;
    expect(verbose).toContain('errors.test.ts');
    expect(verbose).toContain('caused by Error');
    expect(brief.text + verbose + JSON.stringify(brief.data)).not.toContain('Anna');
  });

  it('CM10 do nothing to a terminal', () => {
    expect(reportError(new BackpedalError('INTERNAL', 'a\u001b[2Jb'), 'message').text).toBe('INTERNAL: a\\u001b[2Jb');
  });

  it('CM1 end with 2 where the command, the definition or the configuration is at fault', () => {
    expect(reportError(new UsageError('CONFIG', 'x'), 'message').exitCode).toBe(2);
    expect(reportError(new DefinitionError(['x']), 'message').exitCode).toBe(2);
    expect(exitCodeOfError({ code: 'INPUT_ARGUMENT' })).toBe(2);
    expect(exitCodeOfError({ code: 'SAFE_MODE' })).toBe(4);
    expect(exitCodeOfError({ code: 'RUN_INTERRUPTED' })).toBe(130);
    expect(exitCodeOfError({ code: 'RUN_IN_PROGRESS' })).toBe(1);
  });

  it('CM1 is 0 only for a run that fully succeeded, and 4 for safe mode', () => {
    expect(exitCodeOfRun({ outcome: 'rolledBack', success: true })).toBe(0);
    expect(exitCodeOfRun({ outcome: 'rolledBack', success: false })).toBe(1);
    expect(exitCodeOfRun({ outcome: 'unchanged', success: false })).toBe(1);
    expect(exitCodeOfRun({ outcome: 'safeMode', success: false })).toBe(4);
  });
});
