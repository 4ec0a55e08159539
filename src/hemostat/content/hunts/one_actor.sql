-- title: One actor, day by day
-- question: What did one member of staff, app or caller do in the last 90 days, day by day, and about how many people?
-- identifier: actor | actor | The actor: a pseudonym of the lake, an app's number like app-17, or an identifier that becomes a pseudonym here.
-- parameter: app | | Name of an app instead of an actor; empty when the actor is given.
-- parameter: days | 90 | Days before the actor's newest event.
-- parameter: until | 9999-01-01T00:00:00Z | Moment after the last, RFC 3339.
-- course: events day
-- column: day | Day, UTC.
-- column: act | What was done, as thing:verb.
-- column: resource | Kind of thing that was touched.
-- column: source | Name of the source that told it.
-- column: events | Events of this kind on this day.
-- column: denied | Events of these that were refused.
-- column: people_named | Different people whom the events name.
-- column: people_counted | People whom the events say they concern, added up: somebody may be counted more than once.
-- column: bytes | Bytes that the answers had.
-- column: first_time | When the first of these events happened.
-- column: last_time | When the last of these events happened.
WITH own AS (
    SELECT time, act, source, resource, result, subject, subjects, bytes
    FROM events
    WHERE (($actor <> '' AND actor = $actor) OR ($app <> '' AND app = $app)) AND time < CAST($until AS TIMESTAMPTZ)
),
newest AS (SELECT max(time) AS moment FROM own)
SELECT CAST(date_trunc('day', time) AS DATE) AS day, act, resource, source,
       count(*) AS events,
       count(*) FILTER (WHERE result = 'denied') AS denied,
       count(DISTINCT subject) FILTER (WHERE subject <> '') AS people_named,
       CAST(sum(subjects) AS BIGINT) AS people_counted,
       CAST(sum(bytes) AS BIGINT) AS bytes,
       min(time) AS first_time,
       max(time) AS last_time
FROM own, newest
WHERE time > moment - to_days(CAST($days AS INTEGER))
GROUP BY ALL
ORDER BY day DESC, events DESC, act, resource, source
LIMIT 2000
