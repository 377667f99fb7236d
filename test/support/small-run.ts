import type { Fault } from '../../src/testing/index.ts';
import { createKit, type Kit, SMALL_STORAGE } from './run-kit.ts';

/** A small world whose data has been migrated. */
export async function migratedKit(): Promise<Kit> {
  const kit = createKit();
  await kit.start().client.migrate();
  return kit;
}

/** A fault that hits every call of an operation. */
export const always = (operation: string, throws: unknown, moment: Fault['moment'] = 'before'): Fault => ({
  operation,
  moment,
  repeat: 'forever',
  behaviour: { throws },
});

/** What a key of the small storage held before the migration. */
export const original = (key: string): string | undefined => new Map(SMALL_STORAGE).get(key);
