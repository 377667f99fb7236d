import { type ReactElement, useState } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import type { TaskBook } from '../data/model.ts';
import {
  damageBackups,
  fillQuota,
  freeQuota,
  logOut,
  type Manner,
  type Moment,
  type Saboteur,
} from '../data/saboteur.ts';
import { manyTasks } from '../data/sample.ts';
import type { Place } from './use-book.ts';

const MOMENTS: readonly (readonly [Moment, string])[] = [
  ['migrating', 'while moving to the database'],
  ['Load Backup', 'in Load Backup'],
  ['Clear Database', 'in Clear Database'],
  ['Restore LocalStorage', 'in Restore LocalStorage'],
  ['Verify Data', 'in Verify Data'],
  ['Clean State', 'in Clean State'],
];

/** What people, browsers and disks do to data, at the press of a button. */
export function BreakThings(props: {
  readonly saboteur: Saboteur;
  readonly book: StoreApi<TaskBook> | null;
  readonly place: Place;
}): ReactElement {
  const { saboteur, book, place } = props;
  const [moment, setMoment] = useState<Moment>('Restore LocalStorage');
  const [manner, setManner] = useState<Manner>('reload');
  const [said, setSaid] = useState('');
  const arm = (): void => {
    saboteur.arm(moment, manner);
    setSaid(`The next run dies ${MOMENTS.find(([each]) => each === moment)?.[1]}.`);
  };
  const damage = (): void => {
    damageBackups().then(
      (count) => setSaid(count === 0 ? 'There is no backup yet.' : `A character was changed in ${count} backups.`),
      () => setSaid('There is no vault yet.'),
    );
  };
  const fill = (): void => {
    fillQuota();
    setSaid('Hardly a character fits into localStorage any more.');
  };
  const free = (): void => {
    freeQuota();
    setSaid('There is room again.');
  };
  const addMany = (): void => {
    const { projects, addTasks } = book?.getState() ?? {};
    addTasks?.(manyTasks(2000, projects?.[0]?.id ?? 'home'));
    setSaid('2,000 tasks were added.');
  };
  return (
    <details className="card break">
      <summary>
        <h2>Break things</h2>
      </summary>
      <p className="quiet-text">Everything here really happens, in this browser. Your tasks survive it.</p>
      <div className="break-row">
        <label>
          Kill the tab
          <select value={moment} onChange={(event) => setMoment(event.target.value as Moment)}>
            {MOMENTS.map(([each, label]) => (
              <option key={each} value={each}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label>
          by
          <select value={manner} onChange={(event) => setManner(event.target.value as Manner)}>
            <option value="reload">a reload in mid-operation</option>
            <option value="hang">a script that never ends</option>
          </select>
        </label>
        <button type="button" className="button small" onClick={arm}>
          Arm
        </button>
      </div>
      <div className="break-buttons">
        <button type="button" className="button small" onClick={fill}>
          Fill the quota
        </button>
        <button type="button" className="button small" onClick={free}>
          Make room
        </button>
        <button type="button" className="button small" onClick={damage}>
          Damage the backup
        </button>
        <button type="button" className="button small" onClick={logOut}>
          Log out
        </button>
        <button type="button" className="button small" disabled={place === 'moving'} onClick={addMany}>
          Add 2,000 tasks
        </button>
      </div>
      <p className="quiet-text" role="status">
        {said}
      </p>
    </details>
  );
}
