import { describe, expect, it } from 'vitest';
import type { AnyMachineSnapshot, AnyStateNode } from 'xstate';
import { crashRecoveryMachine } from '../../src/machines/crash-recovery/machine.ts';
import { CRASH_RECOVERY_VERSION } from '../../src/machines/crash-recovery/types.ts';
import { emergencyRecoveryMachine } from '../../src/machines/emergency-recovery/machine.ts';
import { EMERGENCY_RECOVERY_VERSION } from '../../src/machines/emergency-recovery/types.ts';
import { migrationMachine } from '../../src/machines/migration/machine.ts';
import { MIGRATION_VERSION } from '../../src/machines/migration/types.ts';
import { rollbackMachine } from '../../src/machines/rollback/machine.ts';
import { ROLLBACK_VERSION } from '../../src/machines/rollback/types.ts';
import { toMermaid } from '../../src/machines/to-mermaid.ts';
import { snapshotOf } from '../../src/runtime/charts.ts';
import { type JournalRecord, MAX_RECORD_BYTES, writeRecord } from '../../src/runtime/journal-record.ts';
import {
  type ChartModel,
  crashRecoveryModel,
  emergencyRecoveryModel,
  migrationModel,
  rollbackModel,
  walkInChart,
} from '../../src/testing/index.ts';
import { type ChartGraph, exploreChart, pathOf, wayTo } from '../../src/testing/paths/chart-graph.ts';
import { stateName } from '../../src/testing/paths/chart-path.ts';

const MODELS = [rollbackModel, migrationModel, crashRecoveryModel, emergencyRecoveryModel];

const RULES = {
  rollback: { meaning: 'RB31', pure: 'RB32', resumed: 'RB33', drawn: 'RB34' },
  migration: { meaning: 'MI21', pure: 'MI22', resumed: 'MI23', drawn: 'MI24' },
  crashRecovery: { meaning: 'CR10', pure: 'CR10', resumed: 'CR10', drawn: 'CR10' },
  emergencyRecovery: { meaning: 'ER15', pure: 'ER15', resumed: 'ER15', drawn: 'ER15' },
} as const;

const machines = {
  rollback: rollbackMachine,
  migration: migrationMachine,
  crashRecovery: crashRecoveryMachine,
  emergencyRecovery: emergencyRecoveryMachine,
};
const versions = {
  rollback: ROLLBACK_VERSION,
  migration: MIGRATION_VERSION,
  crashRecovery: CRASH_RECOVERY_VERSION,
  emergencyRecovery: EMERGENCY_RECOVERY_VERSION,
};

const nodesOf = (node: AnyStateNode): AnyStateNode[] => [node, ...Object.values(node.states).flatMap(nodesOf)];
const leavesOf = (model: ChartModel): AnyStateNode[] =>
  nodesOf(model.machine.root).filter((node) => Object.keys(node.states).length === 0);

const graphs = new Map<string, ChartGraph>();

function graphOf(model: ChartModel): ChartGraph {
  const known = graphs.get(model.id) ?? exploreChart(model);
  graphs.set(model.id, known);
  return known;
}

/** Every snapshot on the shortest ways to everything that guards can tell apart. */
function visit(model: ChartModel, look: (snapshot: AnyMachineSnapshot, event: { type: string }) => void): void {
  const graph = graphOf(model);
  const passed = new Set(graph.nodes.map(({ reachedBy }) => reachedBy?.node));
  for (const node of graph.nodes.filter((one) => !passed.has(one))) {
    const path = pathOf(graph, wayTo(node));
    let taken = 0;
    walkInChart(model, path, (snapshot) => {
      look(snapshot, path.steps[taken - 1]?.event ?? { type: 'BEGIN' });
      taken += 1;
    });
  }
}

function recordOf(model: ChartModel, snapshot: AnyMachineSnapshot, event: { type: string }): JournalRecord {
  const { run } = snapshot.context;
  return {
    version: 1,
    seq: 999_999,
    run,
    parent: run,
    machine: { id: model.id, version: versions[model.id] },
    at: 1_800_000_000_000,
    activeMs: 300_000,
    event: { ...event },
    snapshot: { value: snapshot.value as string, context: snapshot.context },
    commands: ['requestManualRecovery'],
    previous: 'f'.repeat(64),
    hash: 'f'.repeat(64),
  };
}

/** The chart begun with everything as long as it may be. */
function lengthened(model: ChartModel): ChartModel {
  const id = 'x'.repeat(64);
  const undone = { undoes: id, backup: id };
  const own = {
    rollback: { ...undone, detail: '漢'.repeat(300) },
    emergencyRecovery: undone,
    migration: {},
    crashRecovery: {},
  }[model.id];
  const input = {
    ...(model.input as object),
    run: id,
    migration: id,
    storage: id,
    reason: 'PERFORMANCE_DEGRADATION',
    ...own,
  };
  return { ...model, input };
}

describe.each(MODELS)('the chart of the $id', (model) => {
  const rules = RULES[model.id];

  it(`${rules.meaning} every state says what it means to people`, () => {
    for (const node of leavesOf(model)) {
      expect(node.meta, node.key).toMatchObject({
        label: expect.stringMatching(/\S/),
        description: expect.stringMatching(/\S/),
        stage: expect.stringMatching(/^(PREPARING|EXECUTING|VERIFYING|COMPLETED|FAILED)$/),
        severity: expect.stringMatching(/^(info|warning|critical)$/),
        cancel: expect.stringMatching(/^(stopsHere|undoes|tooLate)$/),
      });
    }
    expect(leavesOf(model).length).toBe(graphOf(model).states.size);
  });

  it(`${rules.pure} guards and actions are named, nothing is invoked and nothing waits in the chart`, () => {
    const named = (one: unknown): boolean =>
      typeof one === 'string' || typeof (one as { type?: unknown }).type === 'string';
    for (const node of nodesOf(model.machine.root)) {
      expect(node.invoke, node.id).toEqual([]);
      expect(node.after, node.id).toEqual([]);
      expect([...node.entry, ...node.exit].every(named), node.id).toBe(true);
      for (const { guard, actions } of [...node.transitions.values()].flat()) {
        expect(guard === undefined || named(guard), node.id).toBe(true);
        expect(actions.every(named), node.id).toBe(true);
      }
    }
  });

  it(`${rules.resumed} whatever has not ended can be resumed, and is then where it was`, () => {
    const seen = new Set<string>();
    visit(model, (snapshot) => {
      if (snapshot.status !== 'active') return;
      expect(snapshot.can({ type: 'RESUMED', token: 7 } as never)).toBe(true);
      seen.add(stateName(snapshot.value));
    });
    const open = leavesOf(model).filter(({ type }) => type !== 'final');
    expect(seen).toEqual(new Set(open.map(({ key }) => key)));
  });

  it(`${rules.drawn} the diagram names every state and every transition`, () => {
    const lines = toMermaid(machines[model.id])
      .split('\n')
      .map((line) => line.trim());
    for (const node of leavesOf(model)) {
      expect(
        lines.some((line) => line.includes(`"${node.meta?.label}" as ${node.path.join('_')}`)),
        node.key,
      ).toBe(true);
      for (const transition of [...node.transitions.values()].flat()) {
        for (const target of transition.target ?? []) {
          const arrow = `${node.path.join('_')} --> ${target.path.join('_')}: ${transition.eventType}`;
          expect(
            lines.some((line) => line.startsWith(arrow)),
            arrow,
          ).toBe(true);
        }
      }
    }
  });

  it(`JN7 every snapshot of the ${model.id} read back is the one that was written`, () => {
    visit(model, ({ value, context }) => {
      const written = { value, context };
      expect(JSON.parse(JSON.stringify(written))).toStrictEqual(written);
    });
  });

  it(`JN5 every state of the ${model.id} is entered again from its record`, () => {
    const seen = new Set<string>();
    visit(model, (snapshot, event) => {
      const record = JSON.parse(JSON.stringify(recordOf(model, snapshot, event))) as JournalRecord;
      const again = snapshotOf(record);
      expect(again.value).toEqual(snapshot.value);
      expect(again.context).toEqual(snapshot.context);
      expect(again.status).toBe(snapshot.status);
      seen.add(stateName(snapshot.value));
    });
    expect(seen).toEqual(graphOf(model).states);
  });

  it(`JN6 a record of the ${model.id} takes at most ${MAX_RECORD_BYTES} bytes in every state, however long its texts`, async () => {
    const longest = 'f'.repeat(64);
    const records = new Map<string, JournalRecord>();
    visit(lengthened(model), (snapshot, event) => {
      const reason = event.type === 'UNLOCK' ? { reason: '漢'.repeat(300) } : {};
      const warnings = Array.from({ length: 8 }, () => ({
        code: 'DATABASE_OUTCOME_UNKNOWN',
        command: 'invalidateCache',
      }));
      const full = { ...snapshot, context: { ...snapshot.context, warnings, debts: ['cache', 'close', 'announce'] } };
      const text = JSON.stringify(recordOf(model, full as AnyMachineSnapshot, { ...event, ...reason }));
      const key = `${stateName(snapshot.value)} ${event.type}`;
      // Digests stand for themselves in the charts' own events; real ones are as long as this.
      records.set(key, JSON.parse(text.replaceAll(/"(d1|d2|digest)"/g, JSON.stringify(longest))) as JournalRecord);
    });
    for (const { hash: _hash, ...body } of records.values()) {
      const { text } = await writeRecord({ ...body, version: 1 });
      expect(new TextEncoder().encode(text).length - 65).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    }
    expect(records.size).toBeGreaterThan(graphOf(model).states.size);
  });
});
