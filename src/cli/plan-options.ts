import type { DriftPolicy } from '../index.ts';
import { oneOf } from './arguments.ts';

const POLICIES: readonly DriftPolicy[] = ['ask', 'merge', 'discard'];

/** `--backup` and `--on-drift` as the client wants them. */
export function planOptions(args: { readonly backup?: string | undefined; readonly 'on-drift'?: string | undefined }): {
  readonly backupId?: string;
  readonly onDrift?: DriftPolicy;
} {
  const policy = args['on-drift'];
  return {
    ...(args.backup === undefined ? {} : { backupId: args.backup }),
    ...(policy === undefined ? {} : { onDrift: oneOf(policy, POLICIES, '--on-drift') }),
  };
}
