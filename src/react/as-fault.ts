import { BackpedalError } from '../index.ts';
import type { Fault } from './types.ts';

/** Whatever a promise was rejected with. Clients reject with nothing but their own errors; other code may not. */
export function asFault(thrown: unknown): Fault {
  if (thrown instanceof BackpedalError) return thrown;
  return new BackpedalError('INTERNAL', 'Something unexpected failed; see the cause.', { cause: thrown });
}
