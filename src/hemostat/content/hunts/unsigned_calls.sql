-- title: Unsigned calls by host and path
-- question: Where do calls arrive that should carry a signature and do not, and which of them are answered?
-- surface: storefront
-- parameter: since | 0001-01-01T00:00:00Z | First moment, RFC 3339.
-- parameter: until | 9999-01-01T00:00:00Z | Moment after the last, RFC 3339.
-- bars: calls path host
-- column: host | Host that was asked.
-- column: path | Path, redacted, long numbers shown as {n}.
-- column: auth | unsigned, or forged when there was a signature and it was wrong.
-- column: calls | Calls that arrived.
-- column: answered | Calls of these that were answered.
-- column: people | Different people whom these answers were about.
-- column: first_time | When the first of these calls arrived.
-- column: last_time | When the last of these calls arrived.
SELECT host, path, auth,
       count(*) AS calls,
       count(*) FILTER (WHERE result = 'success') AS answered,
       count(DISTINCT subject) FILTER (WHERE result = 'success' AND subject <> '') AS people,
       min(time) AS first_time,
       max(time) AS last_time
FROM events
WHERE auth IN ('unsigned', 'forged')
  AND time >= CAST($since AS TIMESTAMPTZ) AND time < CAST($until AS TIMESTAMPTZ)
GROUP BY host, path, auth
ORDER BY calls DESC, host, path, auth
LIMIT 200
