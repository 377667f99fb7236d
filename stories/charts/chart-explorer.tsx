import { type ReactNode, useMemo, useState } from 'react';
import './chart.css';
import './chart-explorer.css';
import { chartGraph } from './chart-graph.ts';
import { placed } from './chart-layout.ts';
import { ChartOutline } from './chart-outline.tsx';
import { ChartView } from './chart-view.tsx';
import { type ChartId, chartOf } from './charts.ts';
import { after, begun, type Position, possible, type Taken } from './playing.ts';
import { litBy } from './trail.ts';

const CANCELLING = {
  stopsHere: 'stops here; nothing has been changed',
  undoes: 'undoes what was changed',
  tooLate: 'is not possible any more',
} as const;

/** What a state means, as its chart says it. */
export function StateFacts({ id, state }: { readonly id: ChartId; readonly state: string }): ReactNode {
  const meta = chartGraph(chartOf(id).machine).states.find((one) => one.id === state)?.meta;
  if (meta == null) return null;
  return (
    <dl className="facts">
      <div>
        <dt>Stage</dt>
        <dd>{meta.stage}</dd>
      </div>
      <div>
        <dt>Severity</dt>
        <dd className={meta.severity}>{meta.severity}</dd>
      </div>
      <div>
        <dt>Cancelling</dt>
        <dd>{CANCELLING[meta.cancel]}</dd>
      </div>
      {meta.step === undefined ? null : (
        <div>
          <dt>Step</dt>
          <dd>{meta.step}</dd>
        </div>
      )}
      {meta.waitsFor === undefined ? null : (
        <div>
          <dt>Waits for</dt>
          <dd>a {meta.waitsFor}</dd>
        </div>
      )}
    </dl>
  );
}

/** A chart that is clicked through: pure, so that nothing has to be replaced by a stub. */
export function ChartExplorer({ id }: { readonly id: ChartId }): ReactNode {
  const { title, machine } = chartOf(id);
  const graph = useMemo(() => chartGraph(machine), [machine]);
  const layout = useMemo(() => placed(id), [id]);
  const [path, setPath] = useState<readonly (Position & { readonly taken: Taken | null })[]>(() => [
    { ...begun(id), taken: null },
  ]);
  const now = path.at(-1) as Position;
  const state = graph.states.find((one) => one.id === now.state);
  const lit = useMemo(
    () =>
      litBy(
        graph,
        path.map((position) => position.state),
      ),
    [graph, path],
  );
  const moves = possible(id, now);
  return (
    <section className="explorer" aria-label={title}>
      <ChartView
        title={title}
        layout={layout}
        lit={lit}
        follow={path.length === 1 ? null : now.state}
        height="min(74vh, 760px)"
      />
      <div className="side">
        <section aria-label="Present state">
          <h2 aria-live="polite">{state?.label}</h2>
          <p>{state?.meta?.description}</p>
          <StateFacts id={id} state={now.state} />
          <p>
            {now.commands.length === 0 ? 'Nothing is asked of the runtime.' : 'The runtime is asked for '}
            {now.commands.map((command) => (
              <code key={command}>{command}</code>
            ))}
          </p>
        </section>
        <section aria-label="Events that are possible now">
          <h3>What can happen now</h3>
          {moves.length === 0 ? <p>Nothing: this is an end.</p> : null}
          <div className="moves">
            {moves.map((move) => (
              <button
                key={move.name}
                type="button"
                className="plain-button"
                onClick={() => {
                  const next = after(id, now, move);
                  setPath([...path, { ...next, taken: { move, from: now.state, to: next.state } }]);
                }}
              >
                {move.name}
              </button>
            ))}
          </div>
          <div className="moves">
            <button
              type="button"
              className="plain-button"
              disabled={path.length === 1}
              onClick={() => setPath(path.slice(0, -1))}
            >
              One step back
            </button>
            <button
              type="button"
              className="plain-button"
              disabled={path.length === 1}
              onClick={() => setPath(path.slice(0, 1))}
            >
              From the beginning
            </button>
          </div>
        </section>
        <section aria-label="The way so far">
          <h3>The way so far</h3>
          <ol className="way-so-far">
            {path.map(({ taken, state: at }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a way may pass the same state twice
              <li key={index}>
                {taken === null ? null : <code>{taken.move.name}</code>} {at.split('.').at(-1)}
              </li>
            ))}
          </ol>
        </section>
        <details className="outline">
          <summary>Outline: the whole chart as a list</summary>
          <ChartOutline title={title} graph={graph} current={lit.current} />
        </details>
      </div>
    </section>
  );
}
