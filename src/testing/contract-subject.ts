import { BackpedalError, type ErrorCode } from '../errors.ts';

/** What a contract suite asks of an adapter's author: something to test, and to clear it away afterwards. */
export interface Disposable {
  dispose?(): Promise<void> | void;
}

/** Uses a subject and clears it away whatever happens. */
export async function using<Subject extends Disposable>(
  subject: Subject | Promise<Subject>,
  body: (subject: Subject) => Promise<void>,
): Promise<void> {
  const created = await subject;
  try {
    await body(created);
  } finally {
    await created.dispose?.();
  }
}

/** The code with which a call is refused; `none` if it is not, `foreign` if the error is not one of backpedal's. */
export async function refusalOf(call: () => Promise<unknown>): Promise<ErrorCode | 'none' | 'foreign'> {
  try {
    await call();
    return 'none';
  } catch (thrown) {
    return thrown instanceof BackpedalError ? thrown.code : 'foreign';
  }
}
