import * as z from 'zod/mini';
import { BackupError } from '../errors.ts';
import type { SealPort } from '../ports/seal.ts';
import { isWellFormed } from '../ports/well-formed.ts';
import { sha256 } from './text-hash.ts';

const MAGIC = 'backpedal-backup';

/** The newest format of a backup that this library reads and writes. */
export const BACKUP_VERSION = 1;

/** One key of storage in a backup. `size` counts UTF-16 units of the value, `stored` those of its text in the file. */
export interface BackupEntry {
  key: string;
  kind: 'collection' | 'formData';
  /** Well-formed text lies in the file as it is; text with lone surrogates as a JSON string. */
  encoding: 'raw' | 'json';
  size: number;
  stored: number;
  sha256: string;
}

/** What a backup says of itself. Its SHA-256 stands before it and covers, through the entries' hashes, everything. */
export interface BackupHead {
  id: string;
  migration: string;
  /** Digest of the definition with which it was made. */
  definition: string;
  createdAt: string;
  origin: string;
  storage: string;
  user: string | null;
  /** Set where it was not taken from storage but put together from what was left: how many items are proved. */
  reconstruction?: { exact: number; lossy: number; missing: number };
  count: number;
  size: number;
  entries: BackupEntry[];
}

/** A backup whose every hash has been recomputed; `values` are the raw strings, byte for byte. */
export interface VerifiedBackup {
  readonly head: BackupHead;
  readonly sha256: string;
  readonly values: ReadonlyMap<string, string>;
}

const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const size = z.int().check(z.nonnegative());
const identifier = z.string().check(z.regex(/^[A-Za-z0-9._-]{1,64}$/));

const backupHead: z.ZodMiniType<BackupHead> = z.strictObject({
  id: identifier,
  migration: identifier,
  definition: digest,
  createdAt: z.iso.datetime(),
  origin: z.string(),
  storage: identifier,
  user: z.nullable(z.string()),
  reconstruction: z.optional(z.strictObject({ exact: size, lossy: size, missing: size })),
  count: size,
  size,
  entries: z.array(
    z.strictObject({
      key: z.string(),
      kind: z.enum(['collection', 'formData']),
      encoding: z.enum(['raw', 'json']),
      size,
      stored: size,
      sha256: digest,
    }),
  ),
});

/** A value with its place in a backup. */
export interface BackupItem {
  readonly key: string;
  readonly kind: BackupEntry['kind'];
  readonly value: string;
}

/** The text of a backup: a line with its hash (and seal), a line with its head as JSON, then the values. */
export async function writeBackup(
  facts: Omit<BackupHead, 'count' | 'size' | 'entries'>,
  items: readonly BackupItem[],
  seal: SealPort | null,
): Promise<{ readonly head: BackupHead; readonly headText: string; readonly text: string; readonly sha256: string }> {
  const entries: BackupEntry[] = [];
  const texts: string[] = [];
  for (const { key, kind, value } of items) {
    const encoding = value.isWellFormed() ? 'raw' : 'json';
    const text = encoding === 'raw' ? value : JSON.stringify(value);
    entries.push({ key, kind, encoding, size: value.length, stored: text.length, sha256: await sha256(value) });
    texts.push(text);
  }
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  const head: BackupHead = { ...facts, count: entries.length, size: total, entries };
  const json = JSON.stringify(head);
  const hash = await sha256(json);
  const proof = seal === null ? '' : ` seal:${encodeURIComponent(await seal.sign(json))}`;
  const headText = `${MAGIC}/${BACKUP_VERSION} sha256:${hash}${proof}\n${json}\n`;
  return { head, headText, text: headText + texts.join(''), sha256: hash };
}

const damaged = (what: string): BackupError =>
  new BackupError('BACKUP_DAMAGED', `The backup is damaged: ${what}. Use another generation of it.`);

/**
 * The head of a backup from its text, hash and seal verified before it is parsed.
 * @throws BackupError `BACKUP_MAGIC`, `BACKUP_VERSION`, `BACKUP_DAMAGED`, `BACKUP_FORGED`, `BACKUP_COUNT`,
 *   `BACKUP_ENTRY_DOUBLED`
 */
export async function readHead(
  text: string,
  seal: SealPort | null,
): Promise<{ readonly head: BackupHead; readonly sha256: string; readonly length: number }> {
  const line = /^backpedal-backup\/(\d{1,9}) sha256:([0-9a-f]{64})(?: seal:(\S{1,4096}))?\n/.exec(text.slice(0, 8192));
  if (line === null) {
    throw new BackupError(
      'BACKUP_MAGIC',
      'This is not a backup of backpedal: its first line is not the one of a backup.',
    );
  }
  if (Number(line[1]) !== BACKUP_VERSION) {
    throw new BackupError(
      'BACKUP_VERSION',
      `The backup has format ${line[1]}; this library reads format ${BACKUP_VERSION}. Use the library that wrote it, or a newer one.`,
    );
  }
  const end = text.indexOf('\n', line[0].length);
  const json = text.slice(line[0].length, end === -1 ? undefined : end);
  if (end === -1 || (await sha256(json)) !== line[2]) throw damaged('the hash of its head does not match');
  if (seal !== null && !(await bearsSeal(json, line[3], seal))) {
    throw new BackupError('BACKUP_FORGED', 'The backup does not bear the seal of this app, so it is not restored.');
  }
  const parsed = backupHead.safeParse(parseJson(json));
  if (!parsed.success)
    throw damaged(`its head is malformed at ${parsed.error.issues[0]?.path.join('.') || 'its root'}`);
  checkEntries(parsed.data);
  return { head: parsed.data, sha256: line[2] as string, length: end + 1 };
}

async function bearsSeal(json: string, written: string | undefined, seal: SealPort): Promise<boolean> {
  const proof = written === undefined ? null : decoded(written);
  return proof !== null && (await seal.verify(json, proof));
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function checkEntries(head: BackupHead): void {
  if (head.count !== head.entries.length) {
    throw new BackupError('BACKUP_COUNT', `The backup says ${head.count} entries and lists ${head.entries.length}.`);
  }
  const keys = new Set<string>();
  for (const { key } of head.entries) {
    if (keys.has(key))
      throw new BackupError('BACKUP_ENTRY_DOUBLED', `The backup lists the key ${JSON.stringify(key)} twice.`);
    keys.add(key);
  }
  if (head.size !== head.entries.reduce((sum, entry) => sum + entry.size, 0)) {
    throw damaged('its size is not the sum of its entries');
  }
}

/**
 * A whole backup from its text; every hash is verified before anything that it covers is used (rule BK1).
 * @param limit the largest text that is read, in UTF-16 units
 * @param report called with the part, 0 to 1, that has been verified
 * @throws BackupError what `readHead` throws, `BACKUP_TOO_LARGE`, `BACKUP_ENTRY_MISSING`
 */
export async function readBackup(
  text: string,
  seal: SealPort | null,
  limit: number,
  report: (part: number) => void = () => {},
): Promise<VerifiedBackup> {
  if (text.length > limit)
    throw new BackupError(
      'BACKUP_TOO_LARGE',
      `The backup has ${text.length} characters; ${limit} are allowed (maxBackupSize).`,
    );
  const { head, sha256: hash, length } = await readHead(text, seal);
  if (head.size > limit)
    throw new BackupError(
      'BACKUP_TOO_LARGE',
      `The backup unpacks to ${head.size} characters; ${limit} are allowed (maxBackupSize).`,
    );
  const values = new Map<string, string>();
  let at = length;
  for (const entry of head.entries) {
    if (at + entry.stored > text.length) {
      throw new BackupError(
        'BACKUP_ENTRY_MISSING',
        `The backup ends before the value of the key ${JSON.stringify(entry.key)}.`,
      );
    }
    values.set(entry.key, await readValue(entry, text.slice(at, at + entry.stored)));
    at += entry.stored;
    report((at - length) / Math.max(1, text.length - length));
  }
  if (at !== text.length) throw damaged('there is more in it than its entries');
  return { head, sha256: hash, values };
}

/** What is left of a backup that is damaged. */
export interface SalvagedBackup {
  /** Only what its hash covers is believed. */
  readonly head: BackupHead;
  /** The entries that are whole: their own hashes match. */
  readonly values: ReadonlyMap<string, string>;
  /** The others as they can be read. Nothing proves any of it. */
  readonly damaged: ReadonlyMap<string, string>;
}

/** What is left of a backup that as a whole is not; `null` when its head is damaged itself. */
export async function salvageBackup(text: string, seal: SealPort | null): Promise<SalvagedBackup | null> {
  try {
    const { head, length } = await readHead(text, seal);
    const values = new Map<string, string>();
    const damaged = new Map<string, string>();
    let at = length;
    for (const entry of head.entries) {
      const stored = text.slice(at, at + entry.stored);
      const value = await readValue(entry, stored).catch((error: unknown) => {
        if (error instanceof BackupError) return null;
        throw error;
      });
      const readable = entry.encoding === 'json' ? parseJson(stored) : stored;
      if (value !== null) values.set(entry.key, value);
      else if (typeof readable === 'string') damaged.set(entry.key, readable);
      at += entry.stored;
    }
    return { head, values, damaged };
  } catch (error) {
    if (error instanceof BackupError) return null;
    throw error;
  }
}

async function readValue(entry: BackupEntry, stored: string): Promise<string> {
  const place = `the value of the key ${JSON.stringify(entry.key)}`;
  const checked = async (value: unknown): Promise<string> => {
    const isIt = typeof value === 'string' && value.length === entry.size && (await sha256(value)) === entry.sha256;
    if (isIt) return value;
    throw damaged(`${place} does not match its hash`);
  };
  if (entry.encoding === 'json') {
    // Unlike an object or an array, a string can be parsed before its hash is known without any harm.
    return checked(parseJson(stored));
  }
  // The vault could not hold it as it is, so nobody has written it like this.
  if (!isWellFormed(stored)) throw damaged(`${place} is not well-formed text`);
  return checked(stored);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
