/** Rolls back at the port in a process of its own, and prints how much memory that process had at most, in KiB. */
import pg from 'pg';
import { portOn, rollbackAtPort } from './postgres-world.ts';

const pool = new pg.Pool({ ...(JSON.parse(process.argv[2] ?? '') as pg.ClientConfig), max: 2 });
await rollbackAtPort(portOn(pool), 'any');
await pool.end();
console.log(process.resourceUsage().maxRSS);
