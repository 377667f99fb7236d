import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { stateAt } from '../sandbox/time-line.ts';
import { BreakPanel } from './break-panel.tsx';
import { DatabaseColumn, StorageColumn, VaultColumn } from './columns.tsx';
import { FlowCharts } from './flow-chart.tsx';
import './flow-stage.css';
import { TimeLineBar } from './time-line-bar.tsx';
import { useSandbox } from './use-sandbox.ts';
import { UserScreen } from './user-screen.tsx';

/** What `FlowStage` is given. */
export interface FlowStageProps {
  readonly sandbox: Sandbox;
  readonly title: string;
  readonly description: string;
}

/** A whole flow: what the user sees, what is where, the charts lit, a panel that breaks things, and the time-line. */
export function FlowStage({ sandbox, title, description }: FlowStageProps): ReactNode {
  const view = useSandbox(sandbox);
  const [at, setAt] = useState<number | null>(null);
  useEffect(() => () => sandbox.dispose(), [sandbox]);
  const scene = useMemo(() => (at === null ? view.line.state : stateAt(view.line, at)), [view.line, at]);
  const names = sandbox.tabNames();
  const busiest = [...names].sort((a, b) => (scene.tabs[b]?.trail.length ?? 0) - (scene.tabs[a]?.trail.length ?? 0))[0];
  return (
    <main className="flow-stage">
      <header>
        <h1>{title}</h1>
        <p>{description}</p>
      </header>
      <TimeLineBar moments={view.line.moments} at={at} onChange={setAt} />
      <div className="stage">
        <div className="world">
          <h2>What the user sees</h2>
          <div className="screens">
            {names.map((name) => (
              <UserScreen
                key={name}
                sandbox={sandbox}
                name={name}
                scene={scene}
                time={at === null ? 'now' : 'earlier'}
                generation={view.generation}
              />
            ))}
          </div>
          {view.refusal === null ? null : (
            <p className="refusal" role="status">
              {view.refusal}
            </p>
          )}
          <h2>What is where</h2>
          <div className="columns">
            <StorageColumn scene={scene} keys={sandbox.original.size} />
            <DatabaseColumn scene={scene} />
            <VaultColumn scene={scene} />
          </div>
          <h2>Where it is in the charts</h2>
          <FlowCharts
            scene={scene}
            tab={busiest ?? ''}
            ask={at === null && busiest !== undefined ? (event, say) => void sandbox.ask(busiest, event, say) : null}
          />
        </div>
        <BreakPanel sandbox={sandbox} view={view} />
      </div>
    </main>
  );
}
