import { describe, expect, it } from 'vitest';
import {
  type DatabaseKind,
  databaseContract,
  databaseContractSchema,
  simulatedDatabase,
  simulatedVault,
  type VaultKind,
  vaultContract,
} from '../../src/testing/index.ts';
import { createStore } from '../../src/testing/memory-database/store.ts';

const tools = { describe, it, expect };

for (const kind of ['strict', 'relaxed', 'withoutFsync'] satisfies VaultKind[]) {
  vaultContract(tools, {
    name: `simulatedVault ${kind}`,
    create: () => {
      const vault = simulatedVault(kind, new Map(), () => {});
      return { open: () => vault };
    },
    supports: [],
  });
}

for (const kind of ['server', 'image'] satisfies DatabaseKind[]) {
  databaseContract(tools, {
    name: `simulatedDatabase ${kind}`,
    create: (scope) => {
      const store = createStore({
        ...databaseContractSchema,
        scope: scope === 'wholeTable' ? scope : { name: 'me', selects: (row) => row.owner === 'me' },
      });
      const database = simulatedDatabase(kind, store, () => {});
      const port = database.open(async (_operation, _args, perform) => perform());
      return { port, ...database.app };
    },
    supports: ['foreignKeys', 'bytes'],
  });
}
