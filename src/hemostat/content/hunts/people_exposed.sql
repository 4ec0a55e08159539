-- title: People exposed, hour by hour
-- question: Whose data went out in answers to calls that nobody had signed, and when was each person exposed first?
-- surface: storefront
-- parameter: path | | Start of the path, like /api/session; empty for every path.
-- parameter: host | | Host that was asked; empty for every host.
-- parameter: since | 0001-01-01T00:00:00Z | First moment, RFC 3339.
-- parameter: until | 9999-01-01T00:00:00Z | Moment after the last, RFC 3339.
-- course: new_people hour
-- column: hour | The hour begins then, UTC.
-- column: answers | Answers about somebody to calls that nobody had signed.
-- column: people | Different people whom these answers were about.
-- column: new_people | People of these who were not exposed in any hour before.
-- column: people_so_far | People exposed until the end of this hour, each counted once.
WITH answers AS (
    SELECT subject, date_trunc('hour', time) AS hour, event_id
    FROM events
    WHERE auth IN ('unsigned', 'forged') AND status = 200 AND subject <> ''
      AND starts_with(path, $path) AND ($host = '' OR host = $host)
      AND time >= CAST($since AS TIMESTAMPTZ) AND time < CAST($until AS TIMESTAMPTZ)
),
firsts AS (SELECT subject, min(hour) AS hour FROM answers GROUP BY subject),
new AS (SELECT hour, count(*) AS new_people FROM firsts GROUP BY hour)
SELECT hour,
       count(*) AS answers,
       count(DISTINCT subject) AS people,
       any_value(coalesce(new_people, 0)) AS new_people,
       CAST(sum(any_value(coalesce(new_people, 0))) OVER (ORDER BY hour) AS BIGINT) AS people_so_far
FROM answers LEFT JOIN new USING (hour)
GROUP BY hour
ORDER BY hour
