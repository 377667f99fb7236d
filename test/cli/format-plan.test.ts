import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { driftLines, driftPhrase } from '../../src/cli/format-drift.ts';
import { formatPlan } from '../../src/cli/format-plan.ts';
import { COLOURED, PLAIN } from '../../src/cli/style.ts';
import { planOf } from './samples.ts';

const NO_CHANGES = { digest: 'none', added: 0, changed: 0, deleted: 0, dependents: 0, storageKeys: 0 };

describe('the plan', () => {
  it('CM6 is a table of what happens to rows, with those of others that stay', () => {
    const text = formatPlan(planOf({}), PLAIN);
    expect(text).toContain('COLLECTION    ROWS TO REMOVE  ADDED  CHANGED  DELETED  OF OTHERS, KEPT');
    expect(text).toContain('tasks                    250      1        2        1                3');
    expect(text).toContain('Database: 262 rows to remove');
  });

  it('CM6 says what happens to each key, and how large it is', () => {
    const text = formatPlan(planOf({}), PLAIN);
    expect(text).toMatch(/task-store +collection +restore +1,234,567/);
    expect(text).toMatch(/"draft:\\n1" +form data +keep +7/);
    expect(text).toContain('restore 1 (');
    expect(text).toContain('keep 1 (');
    expect(text).toContain('displace 1 (');
  });

  it('CM6 lists twenty keys and counts the rest', () => {
    const keys = Array.from(
      { length: 45 },
      (_, i) => ({ key: `k${i}`, kind: 'formData', action: 'restore', size: 1 }) as const,
    );
    const text = formatPlan(planOf({ keys }), PLAIN);
    expect(text).toContain('k19');
    expect(text).not.toContain('k20');
    expect(text).toContain('and 25 more keys');
    expect(text).toContain('restore 45 (');
  });

  it('CM6 names dependents, room, warnings, estimate and obstacles', () => {
    const text = formatPlan(
      planOf({
        dependents: [
          { table: 'messages', collection: 'tasks', rows: 30, effect: 'moved' },
          { table: 'logs', collection: 'tasks', rows: 1, effect: 'forbids' },
        ],
        room: { needed: 5000, available: 4000 },
        possible: false,
        obstacles: ['There is no room.'],
        warnings: ['All copies are on one disk.'],
        estimatedTime: 130,
      }),
      PLAIN,
    );
    expect(text).toContain('30 rows of messages that refer to tasks are moved to the archive with them');
    expect(text).toContain('1 row of logs that refer to tasks forbid removing them');
    expect(text).toContain('5,000 characters needed; 4,000 characters are free');
    expect(text).toContain('All copies are on one disk.');
    expect(text).toContain('It would take about 2 minutes.');
    expect(text).toContain('It cannot begin as things are:\n  There is no room.');
  });

  it('CM6 lists at most twenty changed rows and counts the rest, also those that the plan does not name', () => {
    const driftEntries = Array.from(
      { length: 25 },
      (_, i) => ({ collection: 'tasks', table: 'tasks', key: `["t${i}"]`, kind: 'changed' }) as const,
    );
    const lines = driftLines({ drift: { ...NO_CHANGES, changed: 3000 }, driftEntries });
    expect(lines).toHaveLength(21);
    expect(lines[0]).toBe('changed    tasks  ["t0"]');
    expect(lines[20]).toBe('and 2,980 more');
  });

  it('CM6 tells of drift in storage alone too, and of none at all', () => {
    const stored = formatPlan(planOf({ drift: { ...NO_CHANGES, storageKeys: 2 }, driftEntries: [] }), PLAIN);
    expect(stored).toContain('Changed after the migration: 2 keys written in storage\n  With --on-drift ask,');
    expect(formatPlan(planOf({ drift: NO_CHANGES }), PLAIN)).toContain('Nothing was changed after the migration.');
  });

  it('CM6 names the table of a row that is not in the collection’s own', () => {
    const driftEntries = [{ collection: 'tasks', table: 'messages', key: '[1]', kind: 'dependent' }] as const;
    expect(driftLines({ drift: { ...NO_CHANGES, dependents: 1 }, driftEntries })).toEqual([
      'dependent  tasks (table messages)  [1]',
    ]);
  });

  it('CM6 says in a phrase what was changed', () => {
    expect(driftPhrase(NO_CHANGES)).toBe('nothing');
    expect(driftPhrase({ ...NO_CHANGES, deleted: 1200 })).toBe('1,200 rows deleted');
    expect(driftPhrase({ ...NO_CHANGES, added: 1, deleted: 1200 })).toBe('1,201 rows (1 added, 1,200 deleted)');
    expect(driftPhrase({ ...NO_CHANGES, dependents: 2, storageKeys: 1 })).toBe(
      '2 rows of other tables; 1 key written in storage',
    );
  });

  it('CM4 reads the same with colours as without them', () => {
    const plan = planOf({ warnings: ['w'], possible: false, obstacles: ['o'] });
    const coloured = formatPlan(plan, COLOURED);
    expect(coloured).toContain('\u001b[');
    expect(stripVTControlCharacters(coloured)).toBe(formatPlan(plan, PLAIN));
  });
});
