import { type Connection, type Database, NOW } from "./database.ts";

/** The name of the note that holds the newest time that was seen, in milliseconds since 1970. */
const NAME = "clock";
/** A clock that is corrected by less moves nothing that matters. */
const SLACK = 2_000;

/**
 * Follows the database's clock when somebody sets it back: every time of ours that lies ahead by that moves back with it, so that
 * nobody waits for hours for a moment that was meant to be near. Jobs keep their order. To be called now and again, by any number
 * of processes: the one that notices does it. Gives the milliseconds that the clock was set back by, 0 when it was not.
 */
export async function followClock(database: Database, schema: string): Promise<number> {
  return database.transaction(async (connection) => {
    const { rows } = await connection.query<{ value: string; now: number }>(
      `INSERT INTO ${schema}.note AS n (name, value, at) VALUES ($1, (${NOW})::bigint::text, ${NOW})
       ON CONFLICT (name) DO UPDATE SET at = excluded.at RETURNING n.value, ${NOW} AS now`,
      [NAME],
    );
    const { value, now } = rows[0]!;
    const back = Number(value) - now;
    if (back > SLACK) await moveBack(connection, schema, back);
    if (back > SLACK || back < -SLACK)
      await connection.query(`UPDATE ${schema}.note SET value = $2 WHERE name = $1`, [
        NAME,
        String(Math.round(now)),
      ]);
    return back > SLACK ? back : 0;
  });
}

async function moveBack(connection: Connection, schema: string, milliseconds: number): Promise<void> {
  const queue = `${schema}_queue`;
  const earlier = "make_interval(secs => $1::float8 / 1000)";
  for (const statement of [
    `UPDATE ${schema}.pacing SET next_at = next_at - $1::float8, held_until = held_until - $1::float8`,
    // Those of a second ago count as ahead too; a job that was put off for an hour still waits for an hour.
    `UPDATE ${queue}.job SET start_after = start_after - ${earlier} WHERE state < 'active' AND start_after > now()`,
    // A worker that died before is found by its last sign of life.
    `UPDATE ${queue}.job SET heartbeat_on = heartbeat_on - ${earlier}
     WHERE state = 'active' AND heartbeat_on > now()`,
    `UPDATE ${queue}.job SET started_on = started_on - ${earlier} WHERE state = 'active' AND started_on > now()`,
    // Once in an interval: the intervals that come again are free again.
    `UPDATE ${queue}.job SET singleton_on = NULL WHERE singleton_on > now() AT TIME ZONE 'UTC'`,
  ])
    await connection.query(statement, statement.includes("$1") ? [milliseconds] : []);
}
