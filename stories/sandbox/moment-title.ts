import type { PortName } from './tab.ts';

const PORTS: Readonly<Record<PortName, string>> = {
  storage: 'Storage',
  database: 'Database',
  vault: 'Vault',
  cache: 'Cache',
  notify: 'People',
};

/** What calls of ports are to people, by operation. */
const OPERATIONS: Readonly<Record<string, string>> = {
  lease: 'gives the lease',
  release: 'takes the lease back',
  begin: 'notes that a migration begins',
  copy: 'takes rows',
  digest: 'takes fingerprints',
  clear: 'moves the rows to the archive',
  undoClear: 'puts the rows back from the archive',
  sweep: 'moves late rows to the archive',
  record: 'notes an outcome',
  write: 'is written in one burst',
  whileAbsent: 'lets a burst be written',
  invalidate: 'drops what it had cached',
  remove: 'removes something',
  call: 'are told',
};

/** A call of a port, in words. */
export function momentTitle(port: PortName, operation: string, subject: string): string {
  const [name = '', failed] = operation.split(' ');
  const record = /\/journal(?:\.\d+)?\/(\d+)/.exec(subject)?.[1];
  if (failed !== undefined) return `${PORTS[port]}: ${name} failed`;
  if (record !== undefined && name === 'putIfAbsent') return `Journal: record ${Number(record)}`;
  if (name === 'put' || name === 'putIfAbsent') return `${PORTS[port]} keeps ${subject.split('/').slice(1).join('/')}`;
  return `${PORTS[port]} ${OPERATIONS[name] ?? name}`;
}
