import type { ReactNode } from 'react';
import type { KeyScene, Scene } from '../sandbox/scene.ts';

const AGAINST: Readonly<Record<KeyScene['against'], string>> = {
  same: 'as before the migration',
  other: 'another value than before',
  new: 'was not there before',
};

/** How many of the keys that were there before the migration hold what they held. */
export function exactness({ storage }: Scene, keys: number): string {
  const same = Object.values(storage).filter(({ against }) => against === 'same').length;
  return `${same} of ${keys} keys exactly as before`;
}

/** The browser's storage: each key, what it holds compared with before, and whether that has reached the disk. */
export function StorageColumn({ scene, keys }: { readonly scene: Scene; readonly keys: number }): ReactNode {
  return (
    <section className="column" aria-label="Storage of the browser">
      <h3>Storage of the browser</h3>
      <p className="sum" data-exactness>
        {exactness(scene, keys)}
      </p>
      <ul>
        {Object.entries(scene.storage).map(([key, { value, place, against }]) => (
          <li key={key} className={`key ${against}`}>
            <span className="name">
              <code>{key}</code> <span className={`mark ${against}`}>{AGAINST[against]}</span>
              {place === 'memory' ? <span className="mark unwritten">not on the disk yet</span> : null}
            </span>
            <code className="value">{value}</code>
          </li>
        ))}
        {scene.missing.map((key) => (
          <li key={key} className="key gone">
            <span className="name">
              <code>{key}</code> <span className="mark">removed</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const cell = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The tables with their rows, the archive, the lease and the cache. */
export function DatabaseColumn({ scene }: { readonly scene: Scene }): ReactNode {
  const archived = Object.values(scene.archive);
  return (
    <section className="column" aria-label="Database">
      <h3>Database</h3>
      <p className="sum">Lease: {scene.lease}</p>
      {Object.entries(scene.tables).map(([table, rows]) => (
        <div key={table} className="table">
          <h4>
            {table} <span className="count">{Object.keys(rows).length}</span>
          </h4>
          <ul>
            {Object.entries(rows).map(([key, row]) => (
              <li key={key}>
                <code className="value">{Object.values(row).map(cell).join(' · ')}</code>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <div className="table">
        <h4>
          archive <span className="count">{archived.length}</span>
        </h4>
        <ul className="in-line">
          {archived.map((text, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two runs may have archived rows of the same key
            <li key={`${text} ${index}`}>
              <code>{text}</code>
            </li>
          ))}
        </ul>
      </div>
      <div className="table">
        <h4>
          cache <span className="count">{scene.cache.length}</span>
        </h4>
        <ul className="in-line">
          {scene.cache.map((key) => (
            <li key={key}>
              <code>{key}</code>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

/** The vault: the journal's latest records first, backups, and everything else; and who was told what. */
export function VaultColumn({ scene }: { readonly scene: Scene }): ReactNode {
  const entries = Object.entries(scene.vault);
  const records = entries.filter(([, { kind }]) => kind === 'record').reverse();
  const others = entries.filter(([, { kind }]) => kind !== 'record');
  return (
    <section className="column" aria-label="Vault">
      <h3>Vault</h3>
      <p className="sum">{records.length} records in the journal</p>
      {scene.notices.length === 0 ? null : (
        <ul className="notices" aria-label="Who was told">
          {scene.notices.map((notice, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: somebody may be told the same twice
            <li key={`${notice} ${index}`}>{notice}</li>
          ))}
        </ul>
      )}
      <div className="table">
        <h4>journal, the newest first</h4>
        <ol className="journal">
          {records.slice(0, 14).map(([name, { text }]) => (
            <li key={name}>
              <span className="number">{Number(name.split('/').at(-1))}</span> {text}
            </li>
          ))}
        </ol>
      </div>
      <div className="table">
        <h4>backups and the rest</h4>
        <ul>
          {others.map(([name, { text }]) => (
            <li key={name}>
              <code>{name.split('/').slice(1).join('/') || name}</code> <span className="mark">{text}</span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
