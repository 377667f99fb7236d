import type { ReactNode } from 'react';
import type { RollbackStatus } from '../../src/index.ts';
import { BackpedalProvider } from '../../src/react/index.ts';
import type { TestClient } from '../../src/testing/index.ts';
import { RecoveryBanner, RollbackScreen, UiProvider } from '../../src/ui/index.ts';
import { StateFacts } from '../charts/chart-explorer.tsx';
import { chartGraph } from '../charts/chart-graph.ts';
import { transitionText } from '../charts/chart-outline.tsx';
import { type ChartId, chartOf } from '../charts/charts.ts';
import './state-page.css';
import { wayTo } from './state-status.ts';

/** What `StatePage` is given. */
export interface StatePageProps {
  readonly chart: ChartId;
  /** The state's dotted path. */
  readonly state: string;
  readonly status: RollbackStatus;
  readonly client: TestClient;
}

/** One state of a chart: what the user sees there, what it means, and where it can go. */
export function StatePage({ chart, state, status, client }: StatePageProps): ReactNode {
  const graph = chartGraph(chartOf(chart).machine);
  const found = graph.states.find(({ id }) => id === state);
  const around = graph.states.filter(({ id }) => state.startsWith(`${id}.`)).map(({ id }) => id);
  const leaving = graph.transitions.filter(({ source }) => source === state || around.includes(source));
  return (
    <main className="state-page">
      <section className="as-the-user" aria-label="What the user sees">
        <BackpedalProvider client={client}>
          <UiProvider support="mailto:support@app.example" headingLevel={2}>
            <RecoveryBanner />
            <RollbackScreen unlock="offered">
              <p className="app-itself">
                {status.outcome === null ? 'The app itself.' : `The app itself: ${status.currentStep}.`}
              </p>
            </RollbackScreen>
          </UiProvider>
        </BackpedalProvider>
      </section>
      <section className="about" aria-label="What the state means">
        <p className="where">
          {chartOf(chart).title} › <code>{state}</code>
        </p>
        <h1>{found?.label}</h1>
        <p>{found?.meta?.description}</p>
        <StateFacts id={chart} state={state} />
        <h2>What the runtime is asked for</h2>
        <p>{found?.command == null ? 'Nothing.' : <code>{found.command}</code>}</p>
        <h2>Where it can go</h2>
        {leaving.length === 0 ? <p>Nowhere: this is an end.</p> : null}
        <ul>
          {leaving.map((transition) => (
            <li key={`${transition.source} ${transition.event} ${transition.guard} ${transition.target}`}>
              {transitionText(transition, graph.states)}
            </li>
          ))}
        </ul>
        <h2>How people come here</h2>
        <p className="way">
          {wayTo(chart, state)
            .map((position) => graph.states.find(({ id }) => id === position.state)?.label)
            .join(' → ')}
        </p>
      </section>
    </main>
  );
}
