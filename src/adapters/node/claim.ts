import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lifeOf, processIdentity } from './process-identity.ts';
import { orIf } from './system-error.ts';

/** A claim that was granted. */
export interface Claim {
  /** The file that stands for it. */
  readonly path: string;
  /** Whether it still stands. */
  stands(): Promise<boolean>;
  /** Gives it up; `gone` when it had been taken away. */
  release(): Promise<'released' | 'gone'>;
}

/** What is claimed: a name within a folder. */
export interface ClaimRequest {
  readonly folder: string;
  /** The beginning of the files' names, of characters that file systems allow. */
  readonly name: string;
  /** Whether a claim counts that a process of another machine or container has left. */
  readonly elsewhere: 'counts' | 'doesNotCount';
}

interface SeenClaim {
  readonly path: string;
  readonly number: number;
  readonly life: 'counts' | 'over';
}

const contentOf = (path: string): Promise<string | null> => orIf('ENOENT', null, readFile(path, 'utf8'));
const removeIfThere = async (path: string): Promise<void> => {
  await orIf('ENOENT', null, unlink(path));
};
const identityIn = (content: string): string => content.split('\n', 1)[0] ?? '';

async function claimsSeen({ folder, name, elsewhere }: ClaimRequest): Promise<SeenClaim[]> {
  const seen: SeenClaim[] = [];
  for (const file of await orIf('ENOENT', [], readdir(folder))) {
    const number = file.startsWith(`${name}.`) ? file.slice(name.length + 1) : '';
    if (!/^\d{1,15}$/.test(number)) continue;
    const path = join(folder, file);
    const content = await contentOf(path);
    if (content === null) continue;
    const life = await lifeOf(identityIn(content));
    const counts = life === 'alive' || (life === 'elsewhere' && elsewhere === 'counts');
    seen.push({ path, number: Number(number), life: counts ? 'counts' : 'over' });
  }
  return seen;
}

/** Links a complete file into place under the number: of several that try the same number, one succeeds. */
async function putInPlace(request: ClaimRequest, path: string, content: string): Promise<'done' | 'taken'> {
  const draft = join(request.folder, `${request.name}.draft-${randomUUID()}`);
  await writeFile(draft, content, { flag: 'wx', mode: 0o600 });
  try {
    return (await orIf('EEXIST', 'taken', link(draft, path))) === 'taken' ? 'taken' : 'done';
  } finally {
    await unlink(draft);
  }
}

/** Drafts of processes that died between writing and linking; those of living ones are about to be linked. */
async function removeAbandonedDrafts({ folder, name }: ClaimRequest): Promise<void> {
  const drafts = (await readdir(folder)).filter((file) => file.startsWith(`${name}.draft-`));
  for (const path of drafts.map((file) => join(folder, file))) {
    const content = await contentOf(path);
    if (content?.endsWith('\n') && (await lifeOf(identityIn(content))) === 'dead') await removeIfThere(path);
  }
}

function grantedClaim(path: string, content: string): Claim {
  const stands = async (): Promise<boolean> => (await contentOf(path)) === content;
  return {
    path,
    stands,
    async release() {
      if (!(await stands())) return 'gone';
      await removeIfThere(path);
      return 'released';
    },
  };
}

/** Whether anybody holds the claim now. */
export async function isClaimed(request: ClaimRequest): Promise<boolean> {
  return (await claimsSeen(request)).some((claim) => claim.life === 'counts');
}

/**
 * Claims a name among the processes that share the folder, or `null` when somebody alive has it.
 *
 * Every claim is a file of its own with a number. Whoever finds only claims that are over takes the next number, which
 * link(2) gives to one process only, so that of many that find a dead holder one takes its place. Somebody who looked
 * before that and was slow may then take yet another number; therefore everybody looks again after linking and
 * withdraws if another claim counts. Two claims never both stand: of two, the later link is followed by a look.
 */
export async function takeClaim(request: ClaimRequest): Promise<Claim | null> {
  const before = await claimsSeen(request);
  if (before.some((claim) => claim.life === 'counts')) return null;
  const number = Math.max(0, ...before.map((claim) => claim.number)) + 1;
  const path = join(request.folder, `${request.name}.${number}`);
  const content = `${await processIdentity()}\n${randomUUID()}\n`;
  if ((await putInPlace(request, path, content)) === 'taken') return null;
  const others = (await claimsSeen(request)).filter((claim) => claim.path !== path);
  if (others.some((claim) => claim.life === 'counts')) {
    await removeIfThere(path);
    return null;
  }
  for (const claim of others) await removeIfThere(claim.path);
  await removeAbandonedDrafts(request);
  return grantedClaim(path, content);
}
