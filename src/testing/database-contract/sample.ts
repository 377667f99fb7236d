import type { CopyOutcome, DatabasePort, DatabaseSurvey, Fence, Row } from '../../ports/database.ts';
import { type ContractKit, hold, MIGRATION } from './kit.ts';
import type { DatabaseSubject } from './subject.ts';

/** The run that brings the sample rows, and the run that takes them back. */
export const MIGRATING = 'run-in';
/** See `MIGRATING`. */
export const ROLLING_BACK = 'run-out';

/** An environment with all its columns. */
export function environment(id: string, fields: Row = {}): Row {
  return { id, owner: 'me', name: `Environment ${id}`, settings: null, ...fields };
}

/** A task with all its columns. */
export function task(kit: ContractKit, id: string, fields: Row = {}): Row {
  const bytes = kit.supports.includes('bytes') ? { picture: null } : {};
  const title = `Task ${id}`;
  const numbers = { position: 1, weight: 0.5 };
  return { id, owner: 'me', title, ...numbers, done: false, settings: null, ...bytes, environmentId: null, ...fields };
}

/** A label with all its columns. */
export function label(group: number, name: string, fields: Row = {}): Row {
  return { group, name, owner: 'me', color: null, ...fields };
}

/** Rows by collection. */
export type SampleRows = Readonly<Record<string, readonly Row[]>>;

/** Two environments, four tasks, three labels, with something in every column. */
export function sampleRows(kit: ContractKit): SampleRows {
  const picture = kit.supports.includes('bytes') ? { picture: new Uint8Array([0, 1, 127, 128, 255]) } : {};
  return {
    environments: [environment('e1', { settings: { theme: 'dark', sizes: [1, 2.5, null] } }), environment('e2')],
    tasks: [
      task(kit, 't1', { ...picture, environmentId: 'e1', settings: [true, { deep: { er: '😀' } }] }),
      task(kit, 't2', { environmentId: 'e1', done: true, position: -7 }),
      task(kit, 't3', { environmentId: 'e2', weight: 1e-7 }),
      task(kit, 't4', { position: null, weight: null, done: null }),
    ],
    labels: [label(1, 'a', { color: 'red' }), label(1, 'b'), label(2, 'a')],
  };
}

/** How many rows there are in `sampleRows`. */
export const SAMPLE_SIZE = 9;

/** Copies rows under a token, one batch a collection, in the order that the foreign keys ask for. */
export async function copyAll(port: DatabasePort, fence: Fence, rows: SampleRows): Promise<CopyOutcome[]> {
  const outcomes: CopyOutcome[] = [];
  for (const { collection } of await port.tables()) {
    const batch = { step: `copy:${collection}:0`, collection, rows: rows[collection] ?? [] };
    outcomes.push(await port.copy(fence, batch));
  }
  return outcomes;
}

/** A whole migration of rows by a run: begins, copies, takes the digests, and gives the lease back. */
export async function migrate(subject: DatabaseSubject, rows: SampleRows, run: string = MIGRATING): Promise<void> {
  const { port } = subject;
  const fence = await hold(port, run);
  await port.begin(fence);
  const outcomes = await copyAll(port, fence, rows);
  const rejected = outcomes.flatMap((outcome) => outcome.rejected.map(({ reason }) => reason));
  if (rejected.length > 0) throw new Error(`The sample was not accepted: ${rejected.join('; ')}`);
  await port.digest(fence);
  await port.release(fence);
}

/** What a rollback of `MIGRATING` would do. */
export function survey(port: DatabasePort, undoes: string = MIGRATING, limit = 1000): Promise<DatabaseSurvey> {
  return port.survey(MIGRATION, undoes, limit);
}

/** Adds an environment and a task, changes a task and a label, deletes a task. */
export async function drift(kit: ContractKit, subject: DatabaseSubject): Promise<void> {
  await subject.insert('environments', environment('new'));
  await subject.insert('tasks', task(kit, 'new', { environmentId: 'new' }));
  await subject.update('tasks', { id: 't1' }, { title: 'changed' });
  await subject.update('labels', { group: 1, name: 'b' }, { color: 'blue' });
  await subject.remove('tasks', { id: 't2' });
}

/** How much `drift` drifts. */
export const SAMPLE_DRIFT = { added: 2, changed: 2, deleted: 1, dependents: 0 } as const;
