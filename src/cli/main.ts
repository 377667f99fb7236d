#!/usr/bin/env node
import { processIo } from './io.ts';
import { runCli } from './run-cli.ts';

// A reader of stdout that has gone away must not end a run half-way.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
// What a run waits for need not keep a process alive by itself (a port of the app's, a timer without a claim).
setInterval(() => {}, 60_000);
// Clients that the configuration has opened (a pool of connections, say) would keep the process alive.
process.exit(await runCli(process.argv.slice(2), processIo()));
