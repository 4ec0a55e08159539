-- title: Who took the most
-- question: Which actors and apps took the most people's data out, by exports and by what their answers carried?
-- parameter: since | 0001-01-01T00:00:00Z | First moment, RFC 3339.
-- parameter: until | 9999-01-01T00:00:00Z | Moment after the last, RFC 3339.
SELECT actor, app, actor_type, store,
       count(*) FILTER (WHERE act = 'export:run') AS exports,
       CAST(sum(subjects) AS BIGINT) AS people_counted,
       CAST(coalesce(sum(subjects) FILTER (WHERE estimated), 0) AS BIGINT) AS of_these_estimated,
       count(DISTINCT subject) FILTER (WHERE subject <> '') AS people_named,
       CAST(sum(bytes) AS BIGINT) AS bytes,
       count(*) AS events,
       min(time) AS first_time,
       max(time) AS last_time
FROM events
WHERE (actor <> '' OR app <> '') AND result <> 'denied' AND (act = 'export:run' OR subjects > 0)
  AND time >= CAST($since AS TIMESTAMPTZ) AND time < CAST($until AS TIMESTAMPTZ)
GROUP BY actor, app, actor_type, store
ORDER BY exports DESC, people_counted DESC, bytes DESC, actor, app, actor_type, store
LIMIT 200
