-- title: Who took the most
-- question: Which actors and apps took the most people's data out, by exports and by what their answers carried?
-- parameter: since | 0001-01-01T00:00:00Z | First moment, RFC 3339.
-- parameter: until | 9999-01-01T00:00:00Z | Moment after the last, RFC 3339.
-- bars: people_counted actor app
-- column: actor | Pseudonym of the caller, or the name of an app.
-- column: app | Program that did it.
-- column: actor_type | person, app, staff, system or unknown.
-- column: store | Name of the store.
-- column: exports | Exports that were run.
-- column: people_counted | People whom the events say they concern, added up: somebody may be counted more than once.
-- column: of_these_estimated | Of these, people who are reckoned from the request, since the source does not count them.
-- column: people_named | Different people whom the events name.
-- column: bytes | Bytes that the answers had.
-- column: events | Events that carried people's data.
-- column: first_time | When the first of these events happened.
-- column: last_time | When the last of these events happened.
-- Who is shown is chosen first, by hashes: counting the people of everybody takes much memory.
WITH taken AS NOT MATERIALIZED (
    SELECT *, hash(actor, app, actor_type, store) AS who
    FROM events
    WHERE (actor <> '' OR app <> '') AND result <> 'denied' AND (act = 'export:run' OR subjects > 0)
      AND time >= CAST($since AS TIMESTAMPTZ) AND time < CAST($until AS TIMESTAMPTZ)
),
most AS (
    SELECT who
    FROM taken
    GROUP BY who
    ORDER BY count(*) FILTER (WHERE act = 'export:run') DESC, sum(subjects) DESC, sum(bytes) DESC, who
    LIMIT 200
)
SELECT actor, app, actor_type, store,
       count(*) FILTER (WHERE act = 'export:run') AS exports,
       CAST(sum(subjects) AS BIGINT) AS people_counted,
       CAST(coalesce(sum(subjects) FILTER (WHERE estimated), 0) AS BIGINT) AS of_these_estimated,
       count(DISTINCT subject) FILTER (WHERE subject <> '') AS people_named,
       CAST(sum(bytes) AS BIGINT) AS bytes,
       count(*) AS events,
       min(time) AS first_time,
       max(time) AS last_time
FROM taken SEMI JOIN most USING (who)
GROUP BY actor, app, actor_type, store
ORDER BY exports DESC, people_counted DESC, bytes DESC, actor, app, actor_type, store
