/** The files of an app as `npm create vite` leaves it, with one page that migrates and rolls back. */
export const appFiles: Readonly<Record<string, string>> = {
  'index.html':
    '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>app</title><div id="root"></div><script type="module" src="/main.tsx"></script></html>',

  'vite.config.js': "import react from '@vitejs/plugin-react';\nexport default { plugins: [react()] };\n",

  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'ES2022',
      lib: ['ES2023', 'DOM', 'DOM.Iterable'],
      module: 'ESNext',
      moduleResolution: 'bundler',
      jsx: 'react-jsx',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
      noEmit: true,
      types: [],
    },
    include: ['*.tsx'],
  }),

  'main.tsx': `
import { createBackpedal, defineMigration } from 'backpedal';
import { BackpedalProvider, useMigration, useRollback } from 'backpedal/react';
import { memoryDatabase } from 'backpedal/testing';
import { indexedDbVault, webLock, webStorage } from 'backpedal/web';
import { StrictMode, version } from 'react';
import { createRoot } from 'react-dom/client';

const TASKS = '{"state":{"tasks":[{"id":"t1","title":"A"},{"id":"t2","title":"B"}],"filter":1.0},"version":3}';
localStorage.setItem('task-store', TASKS);

const migration = defineMigration({
  id: 'tasks-to-database',
  collections: { tasks: { storageKey: 'task-store', path: 'state.tasks' } },
});
const database = memoryDatabase({
  tables: { tasks: { columns: ['id', 'title'], idColumns: ['id'] } },
  scope: 'wholeTable',
});
const client = createBackpedal({
  migration,
  storage: webStorage(),
  database,
  vault: indexedDbVault(),
  lock: webLock(),
});

function Page() {
  const { stage, progress, canRollback, canCancel, isPending, isError, error, plan, question, result, actions } =
    useRollback();
  const percent: number = useRollback((s) => s.progress);
  const { migrationState } = useMigration();
  const possible: boolean | undefined = canRollback;
  const rows: number = plan?.rowsToRemove ?? 0;
  const seen = { stage, progress, percent, possible, canCancel, isPending, isError, question, rows, migrationState };
  return (
    <main>
      <output id="seen">{JSON.stringify({ ...seen, error: error?.code, outcome: result?.outcome })}</output>
      <output id="react">{version}</output>
      <output id="restored">{String(localStorage.getItem('task-store') === TASKS)}</output>
      <button onClick={() => void actions.migrate()}>Migrate</button>
      <button onClick={() => void actions.check()}>Check</button>
      <button onClick={() => void actions.rollback()}>Roll back</button>
    </main>
  );
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <BackpedalProvider client={client} recovery="start" fallback={<p>a moment</p>}>
      <Page />
    </BackpedalProvider>
  </StrictMode>,
);
`,
};
