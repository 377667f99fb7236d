import type { ArchivedRow, DatabasePort, Fence, Row } from '../../ports/database.ts';
import { using } from '../contract-subject.ts';
import { type ContractTools, itWhere } from '../contract-tools.ts';
import {
  type ContractScope,
  type DatabaseContract,
  type DatabaseFeature,
  type DatabaseSubject,
  databaseContractSchema,
} from './subject.ts';

/** Everything that is in the tables, in an order and in values that can be compared. */
export type TablesContent = Readonly<Record<string, readonly Row[]>>;

/** What a test of the contract may ask for. */
export interface ContractTestNeeds {
  readonly scope?: ContractScope;
  readonly needs?: DatabaseFeature;
}

/** What the themes of the contract are written with. */
export interface ContractKit {
  readonly expect: ContractTools['expect'];
  readonly supports: readonly DatabaseFeature[];
  /** A test on a fresh database. */
  test(title: string, body: (subject: DatabaseSubject) => Promise<void>, needs?: ContractTestNeeds): void;
}

/** The migration that the tests belong to. */
export const MIGRATION = 'contract';

const TIMEOUT = 120_000;

/** The kit for one adapter. */
export function createKit(tools: ContractTools, options: DatabaseContract): ContractKit {
  const { supports } = options;
  return {
    expect: tools.expect,
    supports,
    test: (title, body, { scope = 'wholeTable', needs } = {}) => {
      const it = itWhere(tools, needs === undefined || supports.includes(needs));
      it(title, async () => using(await options.create(scope), body), TIMEOUT);
    },
  };
}

/** Takes the lease for a run, from whoever holds it. */
export async function hold(port: DatabasePort, run: string, migration: string = MIGRATION): Promise<Fence> {
  const outcome = await port.lease({ migration, run, storage: `storage-of-${run}`, mode: 'takeOver' });
  if (outcome.status !== 'granted') throw new Error('A lease asked for with takeOver was not granted.');
  return { migration, run, token: outcome.token };
}

/** What is in all tables. */
export async function contentOf(subject: DatabaseSubject): Promise<TablesContent> {
  const tables = [...Object.keys(databaseContractSchema.tables), ...Object.keys(databaseContractSchema.others ?? {})];
  const entries: [string, Row[]][] = [];
  for (const table of tables) entries.push([table, plainRows(await subject.rows(table))]);
  return Object.fromEntries(entries);
}

/** Rows in an order of their own, with bytes as lists of numbers, whatever class holds them. */
export function plainRows(rows: readonly Row[]): Row[] {
  return rows
    .map((row) => plainRow(row))
    .map((row) => ({ row, text: JSON.stringify(Object.entries(row).sort()) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ row }) => row);
}

/** A row with bytes as lists of numbers. */
export function plainRow(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      value instanceof Uint8Array ? { bytes: Array.from(value) } : value,
    ]),
  );
}

/** Everything that a run archived, read in pages of three. */
export async function archivedBy(port: DatabasePort, run: string, content: 'drift' | 'all'): Promise<ArchivedRow[]> {
  return allPages((after) => port.archived({ migration: MIGRATION, run, content, after, limit: 3 }));
}

/** All drifted rows, read in pages of two. */
export async function driftedOf(port: DatabasePort, undoes: string): Promise<ArchivedRow[]> {
  return allPages((after) => port.drifted(MIGRATION, undoes, after, 2));
}

/** Archived rows in an order and in values that can be compared. */
export function plainArchive(rows: readonly ArchivedRow[]): Row[] {
  return plainRows(rows.map(({ row, ...rest }) => ({ ...rest, row: row === null ? null : plainRow(row) })));
}

async function allPages(
  read: (after: string | null) => Promise<{ rows: readonly ArchivedRow[]; next: string | null }>,
): Promise<ArchivedRow[]> {
  const rows: ArchivedRow[] = [];
  for (let after: string | null = null, first = true; first || after !== null; first = false) {
    const page: Awaited<ReturnType<typeof read>> = await read(after);
    if (page.next !== null && page.next === after) throw new Error('A page names itself as the next one.');
    rows.push(...page.rows);
    after = page.next;
  }
  return rows;
}
