import * as z from 'zod/mini';
import { JournalError } from '../errors.ts';
import type { ChartId } from './execution/types.ts';
import { sha256 } from './text-hash.ts';

/** The newest format of a record that this library reads and writes. */
export const RECORD_VERSION = 1;

/** A record's largest size in bytes, whatever the amount of data (rule JN6). */
export const MAX_RECORD_BYTES = 4096;

const identifier = z.string().check(z.regex(/^[A-Za-z0-9._-]{1,64}$/));

const CHARTS = ['migration', 'rollback', 'emergencyRecovery', 'crashRecovery'] as const satisfies readonly ChartId[];

/** What a record says, without its hash. `at` is wall-clock time in milliseconds; `activeMs` counts active time. */
export interface RecordBody {
  version: typeof RECORD_VERSION;
  seq: number;
  run: string;
  parent: string | null;
  machine: { id: ChartId; version: number };
  at: number;
  activeMs: number;
  event: { type: string; [detail: string]: unknown };
  snapshot: {
    value: string | Record<string, string>;
    context: { run: string; token: number; attempts: number; [detail: string]: unknown };
  };
  commands: string[];
  previous: string;
}

const recordBody: z.ZodMiniType<RecordBody> = z.strictObject({
  version: z.literal(RECORD_VERSION),
  seq: z.int().check(z.nonnegative()),
  run: identifier,
  parent: z.nullable(identifier),
  machine: z.strictObject({ id: z.enum(CHARTS), version: z.int() }),
  at: z.number(),
  activeMs: z.number().check(z.nonnegative()),
  event: z.looseObject({ type: z.string() }),
  snapshot: z.strictObject({
    value: z.union([z.string(), z.record(z.string(), z.string())]),
    context: z.looseObject({ run: identifier, token: z.int(), attempts: z.int() }),
  }),
  commands: z.array(z.string()),
  previous: z.string(),
});

/** One entry of the journal: the state that a run entered, durable before anything of it is done. */
export interface JournalRecord extends RecordBody {
  /** SHA-256 over the body's text, which names the hash of the record before. */
  readonly hash: string;
}

/** A record as it lies in the vault: its hash, a line feed, its body as JSON. */
export async function writeRecord(
  body: RecordBody,
): Promise<{ readonly text: string; readonly record: JournalRecord }> {
  const json = JSON.stringify(body);
  const bytes = new TextEncoder().encode(json).length;
  if (bytes > MAX_RECORD_BYTES) {
    throw new JournalError('INTERNAL', `A journal record would take ${bytes} bytes; ${MAX_RECORD_BYTES} are allowed.`);
  }
  const hash = await sha256(json);
  return { text: `${hash}\n${json}`, record: { ...body, hash } };
}

/** So many texts are remembered: more than the journals of an app hold, at 4 KiB each at most. */
const MOST_KNOWN = 500;
/** Records by the very texts that were found whole: the same text, letter by letter, needs no second look. */
const known = new Map<string, JournalRecord>();

/**
 * A record from its text, its hash verified before it is parsed.
 * @throws JournalError `JOURNAL_UNREADABLE`, or `JOURNAL_NEWER` for a record of a later library
 */
export async function readRecord(text: string, place: string): Promise<JournalRecord> {
  const found = known.get(text);
  if (found !== undefined) return found;
  const record = await verifyRecord(text, place);
  const [oldest] = known.keys();
  if (known.size >= MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  known.set(text, record);
  return record;
}

async function verifyRecord(text: string, place: string): Promise<JournalRecord> {
  const split = text.indexOf('\n');
  const hash = text.slice(0, split);
  const json = text.slice(split + 1);
  if (split !== 64 || hash !== (await sha256(json))) {
    throw new JournalError('JOURNAL_UNREADABLE', `The journal record ${place} is damaged; its hash does not match.`);
  }
  const value: unknown = JSON.parse(json);
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > RECORD_VERSION) {
    throw new JournalError(
      'JOURNAL_NEWER',
      `The journal record ${place} was written by a newer version of backpedal (format ${version}). Nothing has been changed; reload the app to get that version.`,
    );
  }
  const chart = (value as { machine?: { id?: unknown } } | null)?.machine?.id;
  if (typeof chart === 'string' && !(CHARTS as readonly string[]).includes(chart)) {
    throw new JournalError(
      'JOURNAL_NEWER',
      `The journal record ${place} is of a chart that this version of backpedal does not have. Nothing has been changed; reload the app to get a newer one.`,
    );
  }
  const parsed = recordBody.safeParse(value);
  if (!parsed.success) {
    throw new JournalError('JOURNAL_UNREADABLE', `The journal record ${place} does not have the form of one.`);
  }
  return { ...parsed.data, hash };
}
