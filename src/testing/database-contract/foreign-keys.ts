import { NO_DRIFT, type Row } from '../../ports/database.ts';
import { refusalOf } from '../contract-subject.ts';
import { archivedBy, type ContractKit, contentOf, driftedOf, hold, MIGRATION } from './kit.ts';
import { environment, MIGRATING, migrate, ROLLING_BACK, sampleRows, survey, task } from './sample.ts';

/** DB50: rows of other tables that foreign keys change with the cleared ones (hazard H15). */
export function foreignKeyRules(kit: ContractKit): void {
  enforcementRules(kit);
  cascadeRules(kit);
  detachRules(kit);
  restrictRules(kit);
}

const hanging = (id: string, taskId: string | null): Row => ({ id, taskId, text: `${id} of ${taskId}` });

function enforcementRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test(
    'DB50 foreign keys are enforced, so that these tests prove something',
    async (subject) => {
      await migrate(subject, sampleRows(kit));
      await subject.insert('comments', hanging('c1', 't1'));
      await subject.insert('reminders', hanging('r1', 't1'));
      await subject.insert('invoices', hanging('i2', 't2'));
      await subject.remove('tasks', { id: 't1' });
      expect(await subject.rows('comments')).toEqual([]);
      expect((await subject.rows('reminders')).map(({ taskId }) => taskId)).toEqual([null]);
      const refused = await Promise.resolve()
        .then(() => subject.remove('tasks', { id: 't2' }))
        .then(
          () => 'accepted',
          () => 'refused',
        );
      expect(refused).toBe('refused');
    },
    { needs: 'foreignKeys' },
  );
}

function cascadeRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test(
    'DB50 dependents under ON DELETE CASCADE are surveyed, moved, and put back',
    async (subject) => {
      const { port } = subject;
      await subject.insert('tasks', task(kit, 'theirs'));
      await migrate(subject, sampleRows(kit));
      for (const id of ['c1', 'c2']) await subject.insert('comments', hanging(id, 't1'));
      await subject.insert('comments', hanging('other', 'theirs'));
      const before = { content: await contentOf(subject), survey: await survey(port) };
      const { dependents, drift, entries } = before.survey;
      expect(dependents).toEqual([{ table: 'comments', collection: 'tasks', rows: 2, effect: 'moved' }]);
      expect([drift.dependents, drift.digest === NO_DRIFT]).toEqual([2, false]);
      expect(entries.map(({ collection, table, key, kind }) => `${collection} ${table} ${key} ${kind}`).sort()).toEqual(
        ['tasks comments ["c1"] dependent', 'tasks comments ["c2"] dependent'],
      );
      const drifted = await driftedOf(port, MIGRATING);
      expect(drifted.map(({ row }) => row?.text).sort()).toEqual(['c1 of t1', 'c2 of t1']);
      const fence = await hold(port, ROLLING_BACK);
      const outcome = await port.clear(fence, { undoes: MIGRATING, drift: drift.digest });
      expect(outcome).toMatchObject({ status: 'cleared', drift, dependents });
      expect((await subject.rows('comments')).map(({ id }) => id)).toEqual(['other']);
      const archived = (await archivedBy(port, ROLLING_BACK, 'drift')).filter(({ kind }) => kind === 'dependent');
      expect(archived.map(({ row }) => row?.text).sort()).toEqual(['c1 of t1', 'c2 of t1']);
      await port.undoClear(fence);
      expect({ content: await contentOf(subject), survey: await survey(port) }).toEqual(before);
    },
    { needs: 'foreignKeys' },
  );

  test(
    'DB50 dependents that are added, changed or removed after the question are another drift',
    async (subject) => {
      const { port } = subject;
      await migrate(subject, sampleRows(kit));
      const seen = new Set([NO_DRIFT]);
      const steps: (() => unknown)[] = [
        () => subject.insert('comments', hanging('c1', 't1')),
        () => subject.update('comments', { id: 'c1' }, { text: 'changed' }),
        () => subject.insert('comments', hanging('c2', 't2')),
        () => subject.remove('comments', { id: 'c1' }),
      ];
      for (const step of steps) {
        await step();
        const { digest } = (await survey(port)).drift;
        expect(seen.has(digest)).toBe(false);
        seen.add(digest);
      }
      await subject.remove('comments', { id: 'c2' });
      expect((await survey(port)).drift.digest).toBe(NO_DRIFT);
    },
    { needs: 'foreignKeys' },
  );
}

function detachRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test(
    'DB50 dependents under ON DELETE SET NULL stay, and are attached again',
    async (subject) => {
      const { port } = subject;
      await migrate(subject, sampleRows(kit));
      await subject.insert('reminders', hanging('r1', 't1'));
      await subject.insert('reminders', hanging('r2', null));
      const before = { content: await contentOf(subject), survey: await survey(port) };
      const { dependents } = before.survey;
      expect(dependents).toEqual([{ table: 'reminders', collection: 'tasks', rows: 1, effect: 'detached' }]);
      const fence = await hold(port, ROLLING_BACK);
      await port.clear(fence, { undoes: MIGRATING, drift: before.survey.drift.digest });
      const left = (await subject.rows('reminders')).map(({ id, taskId }) => `${id} ${taskId}`).sort();
      expect(left).toEqual(['r1 null', 'r2 null']);
      const archived = (await archivedBy(port, ROLLING_BACK, 'drift')).map(({ table, row }) => [table, row?.taskId]);
      expect(archived).toEqual([['reminders', 't1']]);
      await port.undoClear(fence);
      expect({ content: await contentOf(subject), survey: await survey(port) }).toEqual(before);
    },
    { needs: 'foreignKeys' },
  );

  test(
    'DB50 a row of others in a collection that refers to a cleared one is a dependent too',
    async (subject) => {
      const { port } = subject;
      await subject.insert('tasks', task(kit, 'theirs'));
      await migrate(subject, sampleRows(kit));
      await subject.update('tasks', { id: 'theirs' }, { environmentId: 'e1' });
      const before = { content: await contentOf(subject), survey: await survey(port) };
      const { dependents } = before.survey;
      expect(dependents).toEqual([{ table: 'tasks', collection: 'environments', rows: 1, effect: 'detached' }]);
      const fence = await hold(port, ROLLING_BACK);
      await port.clear(fence, { undoes: MIGRATING, drift: 'any' });
      const left = (await subject.rows('tasks')).map(({ id, environmentId }) => [id, environmentId]);
      expect(left).toEqual([['theirs', null]]);
      await port.undoClear(fence);
      expect({ content: await contentOf(subject), survey: await survey(port) }).toEqual(before);
    },
    { needs: 'foreignKeys' },
  );
}

function restrictRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test(
    'DB50 a dependent under ON DELETE RESTRICT is seen beforehand, and forbids clearing',
    async (subject) => {
      const { port } = subject;
      await migrate(subject, sampleRows(kit));
      await subject.insert('environments', environment('new'));
      await subject.insert('comments', hanging('c1', 't1'));
      await subject.insert('invoices', hanging('i1', 't1'));
      const { dependents } = await survey(port);
      const forbidding = dependents.filter(({ effect }) => effect === 'forbids');
      expect(forbidding).toEqual([{ table: 'invoices', collection: 'tasks', rows: 1, effect: 'forbids' }]);
      const fence = await hold(port, ROLLING_BACK);
      const content = await contentOf(subject);
      expect(await refusalOf(() => port.clear(fence, { undoes: MIGRATING, drift: 'any' }))).toBe('DATABASE_RESTRICTED');
      expect(await contentOf(subject)).toEqual(content);
      expect(await port.archives(MIGRATION)).toEqual([]);
      await subject.remove('invoices', { id: 'i1' });
      expect((await port.clear(fence, { undoes: MIGRATING, drift: 'any' })).status).toBe('cleared');
      expect((await contentOf(subject)).tasks).toEqual([]);
    },
    { needs: 'foreignKeys' },
  );
}
