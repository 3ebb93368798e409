import type { IssueComment } from "../../issue/issue.ts";
import type { TrackedIssue } from "../../issue/parse-tracker.ts";
import { MAX_TRACKED_COMMENTS } from "../queue-rules.ts";
import type { Store, TrackerState } from "../store.ts";
import { type Connection, type Database, NOW, SINCE } from "./database.ts";
import { repositoriesIn } from "./rows.ts";

type TrackerStore = Pick<
  Store,
  | "tracker"
  | "trackerChanged"
  | "saveTrackerPage"
  | "trackedAfter"
  | "tracked"
  | "forgetTracked"
  | "forgetTracker"
  | "trackersToRead"
  | "trackerTurn"
>;

/** The index of trackers. A page and the place of the next one are one transaction, so a killed process loses nothing. */
export function trackerStore(database: Database, schema: string): TrackerStore {
  /** Locks the row of the index and makes every reading that started before stale. */
  async function bump(connection: Connection, repository: number): Promise<void> {
    await connection.query(
      `INSERT INTO ${schema}.tracker (repository, revision) SELECT id, 1 FROM ${schema}.repository WHERE id = $1
       ON CONFLICT (repository) DO UPDATE SET revision = tracker.revision + 1`,
      [repository],
    );
  }

  async function read(
    repository: number,
    where: string,
    values: readonly unknown[],
  ): Promise<readonly TrackedIssue[]> {
    const { rows } = await database.query<{ number: string; entry: string }>(
      `SELECT number::text, entry FROM ${schema}.tracked_issue WHERE repository = $1 AND ${where}`,
      [repository, ...values],
    );
    if (rows.length === 0) return [];
    const { rows: said } = await database.query<{ number: string; comment: string }>(
      `SELECT number::text, comment FROM (
         SELECT number, id, comment, row_number() OVER (PARTITION BY number ORDER BY id) AS place
         FROM ${schema}.tracked_comment WHERE repository = $1 AND number = ANY($2::bigint[])) AS c
       WHERE place <= ${MAX_TRACKED_COMMENTS} ORDER BY number, id`,
      [repository, `{${rows.map(({ number }) => number).join(",")}}`],
    );
    const comments = Map.groupBy(said, ({ number }) => number);
    return rows.map(({ number, entry }) => ({
      ...(JSON.parse(entry) as Omit<TrackedIssue, "comments">),
      comments: (comments.get(number) ?? []).map(({ comment }) => JSON.parse(comment) as IssueComment),
    }));
  }

  return {
    async tracker(repository) {
      const { rows } = await database.query<{ revision: string; state: string | null; changes: string }>(
        `SELECT revision::text, state, changes::text FROM ${schema}.tracker WHERE repository = $1`,
        [repository],
      );
      const { revision = "0", state = null, changes = "0" } = rows[0] ?? {};
      return {
        revision: Number(revision),
        changes: Number(changes),
        state: state === null ? undefined : (JSON.parse(state) as TrackerState),
      };
    },
    async trackerChanged(repository) {
      await database.query(
        `UPDATE ${schema}.tracker SET changes = changes + 1 WHERE repository = $1 AND state IS NOT NULL`,
        [repository],
      );
    },
    saveTrackerPage(repository, { revision, state, issues, comments, isEnd }) {
      return database.transaction(async (connection) => {
        const { rows } = await connection.query(
          `INSERT INTO ${schema}.tracker AS t (repository, revision, state, read_at)
           SELECT id, 1, $3, CASE WHEN $4::boolean THEN ${NOW} END FROM ${schema}.repository
           WHERE id = $1 AND ($2::bigint = 0 OR EXISTS (SELECT FROM ${schema}.tracker WHERE repository = $1))
           FOR KEY SHARE
           ON CONFLICT (repository) DO UPDATE
             SET revision = t.revision + 1, state = $3,
               read_at = CASE WHEN $4::boolean THEN ${NOW} ELSE t.read_at END,
               read_changes = CASE WHEN $4::boolean THEN $5::bigint ELSE t.read_changes END
             WHERE t.revision = $2::bigint
           RETURNING 1`,
          [repository, revision, JSON.stringify(state), isEnd, state.changes ?? 0],
        );
        if (rows.length === 0) return false;
        const entries = [...new Map(issues.map((issue) => [issue.key, issue])).values()];
        await connection.query(
          `INSERT INTO ${schema}.tracked_issue (repository, number, round, entry)
           SELECT $1, number::bigint, $2, entry FROM unnest($3::text[], $4::text[]) AS page (number, entry)
           ON CONFLICT (repository, number) DO UPDATE SET round = excluded.round, entry = excluded.entry`,
          [
            repository,
            state.round,
            entries.map(({ key }) => key),
            entries.map((entry) => JSON.stringify({ ...entry, comments: undefined })),
          ],
        );
        const said = [...new Map(comments.map((comment) => [comment.id, comment])).values()];
        const kept = said.filter(({ comment }) => comment !== undefined);
        await connection.query(
          `INSERT INTO ${schema}.tracked_comment (repository, id, number, round, comment)
           SELECT $1, id::bigint, number::bigint, $2, comment
           FROM unnest($3::text[], $4::text[], $5::text[]) AS page (id, number, comment)
           ON CONFLICT (repository, id) DO UPDATE SET round = excluded.round, comment = excluded.comment`,
          [
            repository,
            state.round,
            kept.map(({ id }) => String(id)),
            kept.map(({ issue }) => String(issue)),
            kept.map(({ comment }) => JSON.stringify(comment)),
          ],
        );
        const gone = said.filter(({ comment }) => comment === undefined).map(({ id }) => id);
        if (gone.length > 0)
          await connection.query(
            `DELETE FROM ${schema}.tracked_comment WHERE repository = $1 AND id = ANY($2::bigint[])`,
            [repository, `{${gone.join(",")}}`],
          );
        // The round met everything that is still there.
        if (isEnd)
          for (const table of ["tracked_issue", "tracked_comment"])
            await connection.query(`DELETE FROM ${schema}.${table} WHERE repository = $1 AND round < $2`, [
              repository,
              state.round,
            ]);
        return true;
      });
    },
    trackedAfter: (repository, after, count) =>
      read(repository, "number > $2 ORDER BY tracked_issue.number LIMIT $3::int", [after, count]),
    tracked: (repository, numbers) =>
      read(repository, "number = ANY($2::bigint[]) ORDER BY tracked_issue.number", [
        `{${numbers.join(",")}}`,
      ]),
    forgetTracked(repository, what) {
      return database.transaction(async (connection) => {
        await bump(connection, repository);
        if ("comment" in what)
          await connection.query(`DELETE FROM ${schema}.tracked_comment WHERE repository = $1 AND id = $2`, [
            repository,
            what.comment,
          ]);
        else
          for (const table of ["tracked_issue", "tracked_comment"])
            await connection.query(`DELETE FROM ${schema}.${table} WHERE repository = $1 AND number = $2`, [
              repository,
              what.issue,
            ]);
      });
    },
    forgetTracker(repository) {
      return database.transaction(async (connection) => {
        await bump(connection, repository);
        await connection.query(
          `UPDATE ${schema}.tracker SET state = NULL, read_at = ${NOW} WHERE repository = $1`,
          [repository],
        );
        for (const table of ["tracked_issue", "tracked_comment"])
          await connection.query(`DELETE FROM ${schema}.${table} WHERE repository = $1`, [repository]);
      });
    },
    trackersToRead: (installation, milliseconds) =>
      repositoriesIn(
        database,
        schema,
        `LEFT JOIN ${schema}.tracker t ON t.repository = repository.id
         WHERE installation = $1 AND unreachable IS NULL
           AND (t.read_at IS NULL OR t.changes > t.read_changes OR t.read_at > ${NOW} OR t.read_at < ${SINCE} - $2::float8)`,
        [installation, milliseconds],
        "coalesce(t.turn_at, 0), id",
      ),
    async trackerTurn(repository) {
      await database.query(
        `INSERT INTO ${schema}.tracker (repository, revision, turn_at)
         SELECT id, 0, ${NOW} FROM ${schema}.repository WHERE id = $1
         ON CONFLICT (repository) DO UPDATE SET turn_at = excluded.turn_at`,
        [repository],
      );
    },
  };
}
