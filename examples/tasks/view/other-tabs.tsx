import { type ReactElement, useEffect, useState } from 'react';
import type { Backpedal, RollbackStatus } from '../../../src/index.ts';
import { migration } from '../data/migration.ts';

/** Where a tab says that it has begun a run. */
const RUNS = 'tasks:runs';

type Elsewhere = 'nothing' | 'moving' | 'moved';

/** Says to other tabs that a run has begun here. */
function tellOthers(client: Backpedal): () => void {
  const channel = new BroadcastChannel(RUNS);
  let told = client.getSnapshot().runId;
  const stop = client.subscribe(() => {
    const { runId, state } = client.getSnapshot();
    if (runId === told || state === null) return;
    told = runId;
    channel.postMessage(runId);
  });
  return () => {
    stop();
    channel.close();
  };
}

/** Follows a run of another tab, from when that tab says that it has begun. */
function followOthers(client: Backpedal, onStatus: (status: RollbackStatus) => void): () => void {
  const channel = new BroadcastChannel(RUNS);
  let stop = (): void => {};
  channel.onmessage = ({ data }: MessageEvent<string>) => {
    stop();
    stop = client.monitorRollback(migration.id, (status) => status.runId === data && onStatus(status));
  };
  return () => {
    stop();
    channel.close();
  };
}

const isOver = ({ stage }: RollbackStatus): boolean => stage === 'COMPLETED' || stage === 'FAILED';

/** Shows a run of another tab live, and asks for a reload when it has ended: what is shown here is of before. */
export function OtherTabs(props: {
  readonly client: Backpedal;
  readonly onChange: (elsewhere: Elsewhere) => void;
}): ReactElement | null {
  const { client, onChange } = props;
  const [status, setStatus] = useState<RollbackStatus | null>(null);
  useEffect(() => tellOthers(client), [client]);
  useEffect(
    () =>
      followOthers(client, (next) => {
        setStatus(next);
        onChange(isOver(next) ? 'moved' : 'moving');
      }),
    [client, onChange],
  );
  if (status === null) return null;
  if (isOver(status)) {
    return (
      <div className="notice" role="status">
        <p>Another tab has moved your data. Reload to see it as it is now.</p>
        <button type="button" className="button primary small" onClick={() => location.reload()}>
          Reload
        </button>
      </div>
    );
  }
  return (
    <div className="notice" role="status">
      <p>
        Another tab is moving your data: {status.currentStep} ({Math.round(status.progress)} %)
      </p>
      <progress max={100} value={status.progress} aria-label="Progress in the other tab" />
    </div>
  );
}
