import type pg from 'pg';

/**
 * Ends a pool and waits until its connections are closed. `pool.end()` does not wait for that: a server that stops
 * meanwhile breaks them off, and they say so when nobody listens any more.
 */
export async function endPool(pool: pg.Pool): Promise<void> {
  let open = pool.totalCount;
  const closed = new Promise<void>((resolve) => {
    const count = (): void => {
      open -= 1;
      if (open <= 0) resolve();
    };
    pool.on('remove', count);
    if (open === 0) resolve();
  });
  await pool.end();
  await closed;
}
