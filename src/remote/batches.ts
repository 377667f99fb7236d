import { DatabaseError } from '../errors.ts';
import type { CompareOutcome, CopyBatch, CopyOutcome, Fence, Row } from '../ports/database.ts';
import { type Encoded, encodeValue } from '../wire/encoding.ts';
import { wireError } from '../wire/faults.ts';
import type { Ask } from './transport.ts';

/** Rows are sent in pieces of at most so many; the server takes that many, whatever else it is told. */
const MOST_ROWS = 1000;

/** How many bytes of rows a piece may have; a row that is larger goes alone, and the server decides. */
const MOST_BYTES = 786_432;

/** Names of rows that the outcome of a comparison gives. */
const EXAMPLES = 10;

/** A row with its place in the batch. */
interface Placed {
  readonly index: number;
  readonly row: Encoded;
}

interface Pieces {
  readonly pieces: readonly (readonly Placed[])[];
  /** Rows that hold what cannot be sent. */
  readonly unsendable: readonly { readonly index: number; readonly reason: string }[];
}

/** Depends on the rows alone, so that a repetition makes the same pieces, whose steps the database knows already. */
function inPieces(rows: readonly Row[]): Pieces {
  const pieces: Placed[][] = [[]];
  const unsendable: Pieces['unsendable'][number][] = [];
  const encoder = new TextEncoder();
  let bytes = 0;
  for (const [index, given] of rows.entries()) {
    const encoded = encodedRow(given);
    if (typeof encoded === 'string') {
      unsendable.push({ index, reason: encoded });
      continue;
    }
    const size = encoder.encode(JSON.stringify(encoded)).length;
    const last = pieces.at(-1) ?? [];
    const fits = last.length === 0 || (last.length < MOST_ROWS && bytes + size <= MOST_BYTES);
    bytes = fits ? bytes + size : size;
    if (fits) last.push({ index, row: encoded });
    else pieces.push([{ index, row: encoded }]);
  }
  return { pieces, unsendable };
}

/** The row as it is sent, or why it cannot be. */
function encodedRow(row: Row): Encoded | string {
  try {
    return encodeValue(row);
  } catch (error) {
    if (error instanceof DatabaseError) return 'it holds a value that cannot be sent';
    throw error;
  }
}

/** What became of a piece of one row that the server finds too large: the row is rejected, and no other. */
async function copyPiece(ask: Ask, fence: Fence, batch: CopyBatch, piece: readonly Placed[]): Promise<CopyOutcome> {
  const { step, collection } = batch;
  try {
    const rows = piece.map(({ row }) => row);
    const outcome = (await ask('copy', [encodeValue(fence), { step, collection, rows }])) as CopyOutcome;
    return {
      inserted: outcome.inserted,
      rejected: outcome.rejected.map(({ index, reason }) => ({ index: piece[index]?.index ?? -1, reason })),
    };
  } catch (error) {
    const index = piece.length === 1 ? piece[0]?.index : undefined;
    if (index === undefined || !isTooLarge(error)) throw error;
    return { inserted: 0, rejected: [{ index, reason: 'it is larger than the server takes' }] };
  }
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === 'DATABASE_LIMIT' && error.details.reason === 'bodyTooLarge';

/**
 * Copies a batch, in pieces where it is large. Of several pieces each is a transaction and a step of its own: what
 * fails after the first of them leaves an open outcome, and repeating the batch is as harmless as ever.
 */
export async function copyRows(ask: Ask, fence: Fence, batch: CopyBatch): Promise<CopyOutcome> {
  const { pieces, unsendable } = inPieces(batch.rows);
  const rejected = [...unsendable];
  let inserted = 0;
  for (const [number, piece] of pieces.entries()) {
    const step = pieces.length === 1 ? batch.step : `${batch.step}#${number}`;
    try {
      const outcome = await copyPiece(ask, fence, { ...batch, step }, piece);
      inserted += outcome.inserted;
      rejected.push(...outcome.rejected);
    } catch (error) {
      const isDefinite = number === 0 || (error instanceof DatabaseError && error.code === 'DATABASE_FENCED');
      throw isDefinite ? error : wireError('DATABASE_OUTCOME_UNKNOWN', { reason: 'pieces' }, 'transient', error);
    }
  }
  return { inserted, rejected: rejected.sort((a, b) => a.index - b.index) };
}

/** Compares rows, in pieces where there are many. */
export async function compareRows(
  ask: Ask,
  run: string,
  collection: string,
  rows: readonly Row[],
): Promise<CompareOutcome> {
  const { pieces, unsendable } = inPieces(rows);
  const total = { equal: 0, missing: unsendable.length, different: 0 };
  const keys: string[] = [];
  for (const piece of pieces) {
    const outcome = (await ask('compare', [run, collection, piece.map(({ row }) => row)])) as CompareOutcome;
    total.equal += outcome.equal;
    total.missing += outcome.missing;
    total.different += outcome.different;
    keys.push(...outcome.keys);
  }
  return { ...total, keys: keys.slice(0, EXAMPLES) };
}
