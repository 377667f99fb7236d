import type { Collection } from '../../definition/types.ts';
import type { MigrationContext, MigrationEvent } from '../../machines/migration/types.ts';
import type { Row, RowDigest } from '../../ports/database.ts';
import { keepDigests } from '../backup-store.ts';
import { breathe } from '../breathe.ts';
import type { Work } from '../execution/types.ts';
import { fenceOf } from '../lease.ts';
import { sha256 } from '../text-hash.ts';
import { getJson, putJson } from '../vault-files.ts';
import type { World } from '../world.ts';
import type { FailedItem, MigrationMemory } from './memory.ts';
import { sourceOf } from './prepare.ts';
import { batchAt, batchSize, rowsOf, type SourceCollection, type SourceItem } from './source.ts';

const failuresFile = (run: string): string => `runs/${run}/failures`;

/** The items that were not copied so far. */
export async function failuresOf(
  world: World,
  run: string,
  memory: Pick<MigrationMemory, 'failures'>,
): Promise<FailedItem[]> {
  memory.failures ??= (await getJson<FailedItem[]>(world, failuresFile(run))) ?? [];
  return memory.failures;
}

/** Why an item is not valid, by the schema's own words for the place, or `null`. */
async function faultOf(collection: Collection, item: SourceItem): Promise<string | null> {
  if (collection.schema === null) return null;
  // A copy: a schema that changes what it is given would change the row, too (rule MI12).
  const result = await collection.schema['~standard'].validate(structuredClone(item.value));
  if (result.issues === undefined) return null;
  const places = result.issues.map(({ path }) =>
    (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
  );
  return `does not fit its schema at ${[...new Set(places)].map((place) => place || 'its root').join(', ')}`;
}

/** Splits a batch into valid rows and failures. */
async function validate(
  source: SourceCollection,
  items: readonly SourceItem[],
): Promise<{ readonly valid: readonly SourceItem[]; readonly failures: FailedItem[] }> {
  const { collection } = source;
  if (collection.schema === null) return { valid: items, failures: [] };
  const valid: SourceItem[] = [];
  const failures: FailedItem[] = [];
  for (const item of items) {
    const reason = await faultOf(collection, item);
    if (reason === null) valid.push(item);
    else failures.push({ collection: collection.name, id: item.id, storageKey: item.storageKey, reason });
  }
  return { valid, failures };
}

/** Validates and copies the next batch; the step is named after its place, so that a repetition is harmless. */
export async function copyBatch(
  context: MigrationContext,
  { world, report }: Work,
  memory: MigrationMemory,
): Promise<MigrationEvent> {
  const source = await sourceOf(world, context.run, memory);
  const known = await failuresOf(world, context.run, memory);
  const fence = fenceOf(context);
  if (context.next === 0) await world.database.begin(fence);
  const batch = batchAt(source, context.next, batchSize(source.items, world));
  if (batch === null)
    return { type: 'BATCH_COPIED', next: source.items, copied: context.copied, failed: context.failed };
  const name = batch.source.collection.name;
  const { valid, failures } = await validate(batch.source, batch.items);
  const rows = rowsOf(batch.source, valid);
  await breathe(world);
  const outcome = await world.database.copy(fence, { step: `copy:${context.next}`, collection: name, rows });
  for (const { index, reason } of outcome.rejected) {
    const item = valid[index];
    if (item !== undefined) failures.push({ collection: name, id: item.id, storageKey: item.storageKey, reason });
  }
  if (failures.length > 0) await keepFailures(world, context.run, memory, known, failures);
  report(batch.next / Math.max(1, source.items));
  return {
    type: 'BATCH_COPIED',
    next: batch.next,
    copied: context.copied + outcome.inserted,
    failed: context.failed + failures.length,
  };
}

async function keepFailures(
  world: World,
  run: string,
  memory: MigrationMemory,
  known: readonly FailedItem[],
  failures: readonly FailedItem[],
): Promise<void> {
  const idOf = ({ collection, id }: FailedItem): string => `${collection} ${id}`;
  const all = new Map([...known, ...failures].map((failure) => [idOf(failure), failure]));
  memory.failures = [...all.values()];
  await putJson(world, failuresFile(run), memory.failures);
}

/** Items that were copied: all of a collection but those that failed. */
export function copiedItems(source: SourceCollection, failures: readonly FailedItem[]): readonly SourceItem[] {
  const failed = new Set(
    failures.filter(({ collection }) => collection === source.collection.name).map(({ id }) => id),
  );
  return failed.size === 0 ? source.items : source.items.filter(({ id }) => !failed.has(id));
}

/** How many rows are compared in one piece. */
const COMPARED = { whole: 5000, divided: 500 } as const;

/** Compares every row with the item that it was made from. */
export async function verifyCopy(
  context: MigrationContext,
  { world, report }: Work,
  memory: MigrationMemory,
): Promise<MigrationEvent> {
  const source = await sourceOf(world, context.run, memory);
  const failures = await failuresOf(world, context.run, memory);
  const size = world.clock.breathe === undefined ? COMPARED.whole : COMPARED.divided;
  let compared = 0;
  for (const collection of source.collections) {
    const items = copiedItems(collection, failures);
    for (let at = 0; at < items.length; at += size) {
      const rows: readonly Row[] = rowsOf(collection, items.slice(at, at + size));
      const outcome = await world.database.compare(context.run, collection.collection.name, rows);
      compared += outcome.equal;
      await breathe(world);
      report(compared / Math.max(1, context.copied));
      if (outcome.equal !== rows.length) {
        world.logger.error('Rows in the database are not what was copied.', { ...outcome });
        return { type: 'COPY_DIFFERS' };
      }
    }
  }
  // Expected some, compared fewer: that is a difference, too.
  return compared === context.copied ? { type: 'COPY_VERIFIED' } : { type: 'COPY_DIFFERS' };
}

const PAGE = 25_000;

/** Records the digests, and keeps those of the rows, with the rows' keys, beside the backup. */
export async function takeDigests(context: MigrationContext, { world }: Work): Promise<MigrationEvent> {
  const collections = await world.database.digest(fenceOf(context));
  const rows: Record<string, RowDigest[]> = {};
  for (const { collection } of collections) {
    const all: RowDigest[] = [];
    for (let after: string | null = null; ; ) {
      const page = await world.database.rowDigests(context.run, collection, after, PAGE);
      all.push(...page);
      if (page.length < PAGE) break;
      after = page.at(-1)?.key ?? null;
    }
    rows[collection] = all;
    await breathe(world);
  }
  await keepDigests(world, context.run, { collections, rows });
  return { type: 'DIGESTED', digest: await sha256(JSON.stringify(collections)) };
}
