import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { ResumeIntent } from '../../machines/rollback/types.ts';
import { snapshotOf } from '../charts.ts';
import type { JournalRecord } from '../journal-record.ts';
import { initialTransition } from './transition.ts';
import type { AnyEvent } from './types.ts';

/**
 * Where an execution begins: anew; at the last record of its run with a fresh token; or with the first state that has
 * to be recorded, to which this event has led.
 */
export type Start<TInput> =
  | { readonly kind: 'begin'; readonly input: TInput }
  | {
      readonly kind: 'resume';
      readonly record: JournalRecord;
      readonly token: number;
      readonly intent?: ResumeIntent;
    }
  | {
      readonly kind: 'enter';
      readonly event: AnyEvent;
      readonly snapshot: AnyMachineSnapshot;
      readonly commands: readonly string[];
    };

/** The chart's state where an execution begins. */
export function firstSnapshot(machine: AnyStateMachine, from: Start<unknown>): AnyMachineSnapshot {
  if (from.kind === 'resume') return snapshotOf(from.record);
  return from.kind === 'enter' ? from.snapshot : initialTransition(machine, from.input)[0];
}
