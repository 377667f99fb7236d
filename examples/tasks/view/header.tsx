import type { ReactElement } from 'react';
import type { Place } from './use-book.ts';

const PLACES: Readonly<Record<Place, { readonly label: string; readonly title: string }>> = {
  storage: { label: 'localStorage', title: 'Your tasks are in this browser’s localStorage.' },
  rows: { label: 'Database', title: 'Your tasks are rows of a database in this browser.' },
  moving: { label: 'Moving…', title: 'Your tasks are on their way.' },
};

/** Name of the app, where its data is, and the way to the panel about that. */
export function Header(props: {
  readonly place: Place;
  readonly panel: 'open' | 'closed';
  readonly panelId: string;
  readonly onPanel: (panel: 'open' | 'closed') => void;
}): ReactElement {
  const { place, panel, panelId, onPanel } = props;
  const { label, title } = PLACES[place];
  return (
    <header className="header">
      <svg className="logo" viewBox="0 0 16 16" aria-hidden="true">
        <rect width="16" height="16" rx="4.5" />
        <path d="m4.4 8.3 2.5 2.6 4.8-5.6" />
      </svg>
      <h1>Tasks</h1>
      <span className={`badge ${place}`} title={title}>
        {label}
      </span>
      <button
        type="button"
        className="button quiet"
        aria-expanded={panel === 'open'}
        aria-controls={panelId}
        onClick={() => onPanel(panel === 'open' ? 'closed' : 'open')}
      >
        Where my data is
      </button>
    </header>
  );
}
