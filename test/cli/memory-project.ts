import type { Prompts } from '../../src/cli/prompts.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { type BackpedalOptions, defineMigration } from '../../src/index.ts';
import {
  type MemoryDatabase,
  type MemoryStorage,
  type MemoryVault,
  manualClock,
  memoryDatabase,
  memoryStorage,
  memoryVault,
  seededIdentity,
} from '../../src/testing/index.ts';
import { type FakeIo, fakeIo } from './fake-io.ts';
import { nobody } from './people.ts';

/** What came of one call of the command line. */
export interface Called {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An app with its data in memory, and the command line on it. */
export interface MemoryProject {
  readonly storage: MemoryStorage;
  readonly database: MemoryDatabase;
  readonly vault: MemoryVault;
  /** The options of every call; tests may replace ports. */
  options: BackpedalOptions;
  /** Calls the command line without a terminal. */
  readonly call: (...argv: string[]) => Promise<Called>;
  /** Calls it in a terminal, where a person answers. */
  readonly callInTerminal: (prompts: Prompts, ...argv: string[]) => Promise<Called>;
  /** Calls it with a process of one's own. */
  readonly callWith: (fake: FakeIo, prompts: Prompts, ...argv: string[]) => Promise<Called>;
}

/** The store as the app has written it; the spaces show whether it was ever rebuilt. */
export const TASKS = '{"state": {"tasks": [{"id": "t1", "title": "one"}, {"id": "t2", "title": "two"}]}, "version": 3}';

/** A project in which nothing has been migrated. */
export function memoryProject(): MemoryProject {
  const storage = memoryStorage({ entries: { 'task-store': TASKS, settings: 'not JSON', foreign: 'keep' } });
  const table = { columns: ['id', 'title'], idColumns: ['id'] };
  const database = memoryDatabase({ tables: { tasks: table }, scope: 'wholeTable' });
  const vault = memoryVault();
  const identity = seededIdentity('run');
  const migration = defineMigration({
    id: 'tasks-to-database',
    collections: { tasks: { storageKey: 'task-store', path: 'state.tasks' } },
    formData: ['settings'],
  });
  const project = {
    storage,
    database,
    vault,
    options: { migration, storage, database, vault, identity, clock: manualClock() } as BackpedalOptions,
    call: (...argv: string[]) => project.callWith(fakeIo(), nobody, ...argv),
    callInTerminal: (prompts: Prompts, ...argv: string[]) =>
      project.callWith(fakeIo({ terminal: true }), prompts, ...argv),
    async callWith(fake: FakeIo, prompts: Prompts, ...argv: string[]): Promise<Called> {
      const code = await runCli(argv, fake.io, { loadOptions: async () => project.options, prompts });
      return { code, stdout: fake.stdout(), stderr: fake.stderr() };
    },
  };
  return project;
}

/** A project that was migrated by the command line. */
export async function migratedProject(): Promise<MemoryProject> {
  const project = memoryProject();
  const { code, stderr } = await project.call('migrate', '--yes');
  if (code !== 0) throw new Error(`The migration ended with ${code}: ${stderr}`);
  return project;
}

/** What people do in the database after the migration. */
export function edit(project: MemoryProject): void {
  project.database.update('tasks', { id: 't1' }, { title: 'edited' });
  project.database.insert('tasks', { id: 't3', title: 'three' });
}

/** What `--json` printed. */
export const jsonOf = ({ stdout }: { readonly stdout: string }): unknown => JSON.parse(stdout);
