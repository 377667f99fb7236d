import type { ReactElement } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import { useMigration } from '../../../src/react/index.ts';
import { RollbackButton, RollbackScreen } from '../../../src/ui/index.ts';
import type { TaskBook } from '../data/model.ts';
import type { App } from '../data/open-app.ts';
import { BreakThings } from './break-things.tsx';
import type { Place } from './use-book.ts';

/** What can be done when nothing is under way. */
function NextStep({ place }: { readonly place: Place }): ReactElement {
  const { canMigrate, isPending, result, error, actions } = useMigration();
  if (place === 'rows') {
    return (
      <div className="next-step">
        <p>
          Your tasks are rows of a database now. What you change is saved there, and a rollback finds it and asks what
          becomes of it.
        </p>
        <RollbackButton>Take it back…</RollbackButton>
      </div>
    );
  }
  return (
    <div className="next-step">
      <p>Your tasks live in localStorage, which holds five megabytes and forgets at times. A database does better.</p>
      {error !== undefined && <p className="notice bad">{error.message}</p>}
      {result !== undefined && result.outcome !== 'migrated' && (
        <p className="notice bad">Nothing was changed. {result.error?.message}</p>
      )}
      <button
        type="button"
        className="button primary"
        disabled={!canMigrate || isPending}
        onClick={() => void actions.migrate()}
      >
        Move to the database
      </button>
    </div>
  );
}

/** Where the data is, the way to the other place and back, and what can go wrong on it. */
export function DataPanel(props: {
  readonly id: string;
  readonly app: App;
  readonly book: StoreApi<TaskBook> | null;
  readonly place: Place;
}): ReactElement {
  const { id, app, book, place } = props;
  return (
    <aside id={id} className="panel" aria-label="Where my data is">
      <section className="card">
        <h2>Where my data is</h2>
        <ol className="places" aria-label={place === 'rows' ? 'In the database' : 'In localStorage'}>
          <li className={place === 'storage' ? 'here' : ''}>localStorage</li>
          <li className={place === 'rows' ? 'here' : ''}>Database</li>
        </ol>
        <RollbackScreen unlock="offered">
          <NextStep place={place} />
        </RollbackScreen>
      </section>
      <BreakThings saboteur={app.saboteur} book={book} place={place} />
    </aside>
  );
}
