-- title: People exposed, by state
-- question: Where do the people live whose data went out in unsigned answers, by the last address that the store told us?
-- surface: storefront
-- parameter: path | | Start of the path, like /api/session; empty for every path.
-- parameter: host | | Host that was asked; empty for every host.
-- parameter: since | 0001-01-01T00:00:00Z | First moment, RFC 3339.
-- parameter: until | 9999-01-01T00:00:00Z | Moment after the last, RFC 3339.
-- bars: people jurisdiction
-- column: jurisdiction | Where the people live, ISO 3166-2; empty when the store never said.
-- column: people | Different people whose data went out.
WITH exposed AS (
    SELECT DISTINCT subject
    FROM events
    WHERE auth IN ('unsigned', 'forged') AND status = 200 AND subject <> ''
      AND starts_with(path, $path) AND ($host = '' OR host = $host)
      AND time >= CAST($since AS TIMESTAMPTZ) AND time < CAST($until AS TIMESTAMPTZ)
),
homes AS (
    SELECT subject, arg_max(jurisdiction, (time, event_id)) AS jurisdiction
    FROM events
    WHERE act IN ('customer:create', 'customer:update') AND jurisdiction <> ''
    GROUP BY subject
)
SELECT coalesce(jurisdiction, '') AS jurisdiction, count(*) AS people
FROM exposed LEFT JOIN homes USING (subject)
GROUP BY ALL
ORDER BY people DESC, jurisdiction
