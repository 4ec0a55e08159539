-- title: Patient data where it must not be
-- question: Which sources and paths carry patient data in addresses, queries, user agents or messages?
-- parameter: since | 0001-01-01T00:00:00Z | First moment, RFC 3339.
-- parameter: until | 9999-01-01T00:00:00Z | Moment after the last, RFC 3339.
-- column: source | Name of the source in the settings.
-- column: host | Host that was asked.
-- column: path | Path, redacted, long numbers shown as {n}.
-- column: entity | Kind of patient data that the scanner found, like EMAIL or SSN.
-- column: events | Events in which it was found.
-- column: first_time | When the first of these events happened.
-- column: last_time | When the last of these events happened.
WITH found AS (
    SELECT source, host, path, time, event_id, unnest(phi) AS entity
    FROM events
    WHERE time >= CAST($since AS TIMESTAMPTZ) AND time < CAST($until AS TIMESTAMPTZ)
)
SELECT source, host, path, entity, count(*) AS events, min(time) AS first_time, max(time) AS last_time
FROM found
GROUP BY source, host, path, entity
ORDER BY events DESC, source, host, path, entity
LIMIT 200
