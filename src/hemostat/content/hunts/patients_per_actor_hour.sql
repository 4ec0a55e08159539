-- title: Patients per actor and hour
-- question: In which hours did one actor reach the most different patients?
-- parameter: least | 10 | Fewest patients of an hour that is shown.
-- parameter: since | 0001-01-01T00:00:00Z | First moment, RFC 3339.
-- parameter: until | 9999-01-01T00:00:00Z | Moment after the last, RFC 3339.
-- column: actor | Pseudonym of the caller, or the name of an app.
-- column: actor_type | person, app, staff, system or unknown.
-- column: hour | The hour begins then, UTC.
-- column: patients | Different people whose data was reached in this hour.
-- column: events | Events in which it was reached.
-- column: acts | What was done, as thing:verb.
-- column: sources | Names of the sources that told it.
-- Hours that cannot hold so many patients go first, by hashes: what is counted for each hour takes much memory.
WITH reached AS NOT MATERIALIZED (
    SELECT actor, hash(actor) AS who, actor_type, date_trunc('hour', time) AS hour, subject, act, source
    FROM events
    WHERE actor <> '' AND subject <> '' AND result IN ('success', 'unknown')
      AND time >= CAST($since AS TIMESTAMPTZ) AND time < CAST($until AS TIMESTAMPTZ)
),
busy AS (
    SELECT who, hour
    FROM reached
    GROUP BY who, hour
    HAVING count(*) >= CAST($least AS INTEGER)
       AND (CAST($least AS INTEGER) < 2 OR min(hash(subject)) <> max(hash(subject)))
)
SELECT actor, actor_type, hour,
       count(DISTINCT subject) AS patients,
       count(*) AS events,
       list_sort(list(DISTINCT act)) AS acts,
       list_sort(list(DISTINCT source)) AS sources
FROM reached SEMI JOIN busy USING (who, hour)
GROUP BY actor, actor_type, hour
HAVING count(DISTINCT subject) >= CAST($least AS INTEGER)
ORDER BY patients DESC, hour, actor, actor_type
LIMIT 500
