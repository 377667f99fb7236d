import { type ReactNode, useState } from 'react';
import { chartGraph } from '../charts/chart-graph.ts';
import { charts } from '../charts/charts.ts';
import type { Pace } from '../sandbox/pacer.ts';
import type { Sandbox, SandboxView } from '../sandbox/sandbox.ts';
import { breakageGroups } from './breakages.ts';

const PACES: readonly (readonly [Pace, string])[] = [
  ['fast', 'At once'],
  ['slow', 'Slow motion'],
  ['step', 'Step by step'],
];

function PaceField({ sandbox, view }: { readonly sandbox: Sandbox; readonly view: SandboxView }): ReactNode {
  return (
    <fieldset className="paces">
      <legend>How fast</legend>
      {PACES.map(([pace, label]) => (
        <label key={pace}>
          <input type="radio" name="pace" checked={view.pace === pace} onChange={() => sandbox.pacer.setPace(pace)} />{' '}
          {label}
        </label>
      ))}
      <label className="stop">
        Stop before{' '}
        <select value={view.stop ?? ''} onChange={(event) => sandbox.pacer.stopBefore(event.target.value || null)}>
          <option value="">nothing</option>
          {charts.map(({ id, title, machine }) => (
            <optgroup key={id} label={title}>
              {chartGraph(machine)
                .states.filter(({ kind }) => kind !== 'part')
                .map(({ key, label }) => (
                  <option key={key} value={key}>
                    {label} ({key})
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </label>
      <button type="button" className="plain-button" disabled={!view.isHolding} onClick={() => sandbox.pacer.step()}>
        Next step
      </button>
    </fieldset>
  );
}

/** Breaks things while they run. */
export function BreakPanel({ sandbox, view }: { readonly sandbox: Sandbox; readonly view: SandboxView }): ReactNode {
  const names = sandbox.tabNames();
  const [chosen, setChosen] = useState(names[0] ?? '');
  return (
    <aside className="break-panel" aria-label="Break things">
      <h2>Break things</h2>
      <PaceField sandbox={sandbox} view={view} />
      {names.length < 2 ? null : (
        <label className="stop">
          In tab{' '}
          <select value={chosen} onChange={(event) => setChosen(event.target.value)}>
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
      {breakageGroups.map(({ title, breakages }) => (
        <fieldset key={title}>
          <legend>{title}</legend>
          {breakages.map(({ label, run }) => (
            <button key={label} type="button" className="plain-button" onClick={() => run(sandbox, chosen)}>
              {label}
            </button>
          ))}
        </fieldset>
      ))}
    </aside>
  );
}
