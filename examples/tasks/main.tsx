import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BackpedalProvider } from '../../src/react/index.ts';
import { UiProvider } from '../../src/ui/index.ts';
import '../../src/ui/styles.css';
import { openApp } from './data/open-app.ts';
import './styles.css';
import { AppView } from './view/app-view.tsx';
import { Starting } from './view/starting.tsx';

const root = createRoot(document.getElementById('root') as HTMLElement);
root.render(<Starting error={undefined} onRetry={() => {}} />);

const app = await openApp();
// What an earlier start has left behind is finished before anything reads the app's data.
root.render(
  <StrictMode>
    <BackpedalProvider
      client={app.client}
      recovery="start"
      fallback={({ error, retry }) => <Starting error={error} onRetry={retry} />}
    >
      <UiProvider support={() => location.assign('mailto:support@tasks.example')}>
        <AppView app={app} />
      </UiProvider>
    </BackpedalProvider>
  </StrictMode>,
);
