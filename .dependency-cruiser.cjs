/**
 * The law of dependency, as ARCHITECTURE.md states it. Every layer has one rule that lists all it may import:
 * whatever is not on the list is refused, so that a new folder or package is refused until somebody decides on it.
 */

const packages = (...names) => `^node_modules/(${names.join('|')})/`;
const folders = (...names) => names.map((name) => `^src/${name}/`);
const ENTRIES = ['^src/index\\.ts$', '^src/.+/index\\.ts$'];
const ERRORS = '^src/errors\\.ts$';
const PUBLIC_TYPES = '^src/runtime/public-types\\.ts$';

/** @param {string} name @param {string} comment @param {string} path @param {string[]} allowed */
const mayImportOnly = (name, comment, path, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path },
  to: { pathNot: allowed },
});

/** As `mayImportOnly`, and the modules that Node itself brings. */
const mayImportOnlyNodeAnd = (name, comment, path, allowed) => ({
  ...mayImportOnly(name, comment, path, allowed),
  to: { pathNot: allowed, dependencyTypesNot: ['core'] },
});

const layers = [
  mayImportOnly(
    'errors-import-nothing',
    'Every layer throws these errors; if they imported anything, every layer would depend on it.',
    ERRORS,
    ['^$'],
  ),
  mayImportOnly(
    'ports-import-only-ports-and-errors',
    'Ports are interfaces that adapters of other people implement: they must not drag in any of our code.',
    '^src/ports/',
    [...folders('ports'), ERRORS],
  ),
  {
    name: 'ports-import-only-types',
    comment: 'A port without a run-time import can be implemented without loading anything of ours.',
    severity: 'error',
    from: { path: '^src/ports/' },
    to: { dependencyTypesNot: ['type-only'] },
  },
  mayImportOnly(
    'definition-and-content-are-pure',
    'They decide what a text means. Pure functions over strings can be tested with any input and run anywhere.',
    '^src/(definition|content)/',
    [...folders('definition', 'content', 'ports'), ERRORS, packages('zod', '@noble/hashes', '@standard-schema/spec')],
  ),
  mayImportOnly(
    'machines-import-only-xstate-and-immer',
    'Charts decide and do nothing else: without clock, I/O or adapters every path can be enumerated and run, and a ' +
      'record can be made durable before its effect.',
    '^src/machines/',
    [...folders('machines', 'definition', 'ports'), ERRORS, packages('xstate', 'immer')],
  ),
  {
    name: 'machines-take-only-types-from-others',
    comment: 'What charts know of the definition and of the ports are words, not behaviour.',
    severity: 'error',
    from: { path: '^src/machines/' },
    to: { path: [...folders('definition', 'ports'), ERRORS], dependencyTypesNot: ['type-only'] },
  },
  mayImportOnly(
    'runtime-imports-what-is-below-it',
    'The runtime carries commands out through ports. It never knows which technology is behind one.',
    '^src/runtime/',
    [
      ...folders('runtime', 'machines', 'ports', 'content', 'definition'),
      ERRORS,
      packages('xstate', 'immer', 'zod', '@noble/hashes', '@standard-schema/spec'),
    ],
  ),
  mayImportOnly(
    'main-entry-is-the-core',
    '`backpedal` loads in every environment: no DOM, no Node, no React, no database.',
    '^src/index\\.ts$',
    [...folders('runtime', 'ports', 'content', 'definition'), ERRORS],
  ),
  mayImportOnly(
    'web-adapter-imports-ports-and-errors',
    'An adapter is one technology behind a port; a second dependency on ours would tie it to our insides.',
    '^src/adapters/web/',
    [...folders('adapters/web', 'ports'), ERRORS, packages('idb', 'zod', '@noble/hashes')],
  ),
  mayImportOnlyNodeAnd(
    'node-adapter-imports-ports-errors-and-builtins',
    'As for every adapter; Node itself is the technology here. The types of the client are for `defineConfig`.',
    '^src/adapters/node/',
    [...folders('adapters/node', 'ports'), ERRORS, PUBLIC_TYPES],
  ),
  mayImportOnlyNodeAnd(
    'sqljs-adapter-imports-ports-errors-drizzle-and-sqljs',
    'As for every adapter; drizzle-orm and sql.js are optional peers, so nothing else may need them.',
    '^src/adapters/sqljs/',
    [
      ...folders('adapters/sqljs', 'ports'),
      ERRORS,
      packages('drizzle-orm', 'sql\\.js', '@types/sql\\.js', '@noble/hashes'),
    ],
  ),
  mayImportOnly(
    'postgres-adapter-imports-ports-errors-and-drizzle',
    'As for every adapter; the client (node-postgres, PGlite) is passed in, inside a Drizzle database.',
    '^src/adapters/postgres/',
    [...folders('adapters/postgres', 'ports'), ERRORS, packages('drizzle-orm', '@noble/hashes')],
  ),
  mayImportOnly(
    'redis-adapter-imports-ports-and-errors',
    'As for every adapter; any client with the few commands that it needs is passed in.',
    '^src/adapters/redis/',
    [...folders('adapters/redis', 'ports'), ERRORS],
  ),
  mayImportOnly(
    'remote-adapter-imports-the-wire-ports-and-errors',
    'The database port in the browser: it shares the words on the wire with the server and nothing else.',
    '^src/remote/',
    [...folders('remote', 'wire', 'ports'), ERRORS, packages('zod', '@noble/hashes')],
  ),
  mayImportOnly(
    'server-imports-the-wire-ports-and-errors',
    'The server carries out what a database port can do; it runs in anything that knows Request and Response.',
    '^src/server/',
    [...folders('server', 'wire', 'ports'), ERRORS, packages('zod', '@noble/hashes')],
  ),
  mayImportOnly(
    'wire-imports-ports-and-errors',
    'What is said between browser and server is checked on both sides by the same schemas.',
    '^src/wire/',
    [...folders('wire', 'ports'), ERRORS, packages('zod')],
  ),
  mayImportOnly(
    'testing-runs-everywhere',
    'Adapter authors run the contract suites in Node and in browsers, under any test runner, with any database.',
    '^src/testing/',
    [
      ...folders('testing', 'runtime', 'machines', 'ports', 'content', 'definition'),
      '^src/index\\.ts$',
      ERRORS,
      packages('xstate', 'immer', 'zod', '@noble/hashes', '@standard-schema/spec'),
    ],
  ),
  mayImportOnlyNodeAnd(
    'cli-composes-as-an-app-does',
    'The command line is an app: what it cannot do with the public entry points, no app can.',
    '^src/cli/',
    [...folders('cli'), ...ENTRIES, packages('citty', '@clack/prompts', 'c12')],
  ),
  mayImportOnly(
    'react-sits-on-the-client',
    'Hooks show what the client says. Reaching past it would start effects that no record announces.',
    '^src/react/',
    [...folders('react'), '^src/index\\.ts$', packages('react', '@types/react', '@xstate/react')],
  ),
  mayImportOnly(
    'ui-sits-on-the-hooks',
    'Components can be replaced by an app’s own only if they need nothing but the hooks.',
    '^src/ui/',
    [...folders('ui', 'react'), '^src/index\\.ts$', packages('react', '@types/react')],
  ),
  mayImportOnlyNodeAnd(
    'examples-use-public-entries',
    'An example that needs our insides shows nothing to a reader who has only the package.',
    '^examples/',
    ['^examples/', ...ENTRIES, '^src/ui/styles\\.css$', '^node_modules/'],
  ),
];

const everywhere = [
  {
    name: 'no-cycles',
    comment: 'Files that need each other are one file in pieces; neither can be read or tested alone.',
    severity: 'error',
    from: { path: '^(src|examples|scripts|bench)/' },
    to: { circular: true },
  },
  {
    name: 'entries-are-for-outside',
    comment: 'An entry imports all of its folder, so importing it from below makes cycles and loads too much.',
    severity: 'error',
    from: { path: '^src/(errors|ports|definition|content|machines|runtime|adapters)' },
    to: { path: ENTRIES },
  },
  {
    name: 'node-builtins-only-where-node-is',
    comment: 'Everything else is loaded by browsers as well.',
    severity: 'error',
    from: { path: '^src/', pathNot: ['^src/adapters/node/', '^src/adapters/sqljs/[^/]*file[^/]*\\.ts$', '^src/cli/'] },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'zod-mini-only',
    comment: 'zod/mini is 4 kB in a browser, zod is 92 kB.',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^node_modules/zod/', pathNot: '^node_modules/zod/mini/' },
  },
  {
    name: 'resolvable',
    comment: 'An import that nothing answers to fails at the user’s.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
];

module.exports = {
  forbidden: [...layers, ...everywhere],
  options: {
    doNotFollow: { path: '^(node_modules|dist)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
