/** The code of an error of the operating system (`ENOENT`), or an empty text for any other error. */
export function systemCode(thrown: unknown): string {
  if (!(thrown instanceof Error) || !('code' in thrown)) return '';
  return typeof thrown.code === 'string' ? thrown.code : '';
}

/** The result, or `fallback` when it fails with this code of the operating system; other failures are thrown on. */
export async function orIf<Result, Fallback>(
  code: string,
  fallback: Fallback,
  work: Promise<Result>,
): Promise<Result | Fallback> {
  try {
    return await work;
  } catch (thrown) {
    if (systemCode(thrown) === code) return fallback;
    throw thrown;
  }
}

/** Codes for "there is no room", in the order of file system, user, and file. */
export const NO_ROOM_CODES: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** Codes for "you may not". */
export const DENIED_CODES: readonly string[] = ['EACCES', 'EPERM', 'EROFS'];
