-- title: Tokens seen from several networks
-- question: Which tokens were used from more than one network, as a stolen token is?
-- parameter: since | 0001-01-01T00:00:00Z | First moment, RFC 3339.
-- parameter: until | 9999-01-01T00:00:00Z | Moment after the last, RFC 3339.
SELECT token,
       count(DISTINCT src_net) AS networks,
       list_sort(list(DISTINCT src_net)) AS src_nets,
       list_sort(list(DISTINCT asn)) AS asns,
       count(*) AS uses,
       count(*) FILTER (WHERE result = 'success') AS successes,
       min(time) AS first_time,
       max(time) AS last_time
FROM events
WHERE token <> '' AND src_net <> ''
  AND time >= CAST($since AS TIMESTAMPTZ) AND time < CAST($until AS TIMESTAMPTZ)
GROUP BY token
HAVING count(DISTINCT src_net) > 1
ORDER BY networks DESC, uses DESC, token
LIMIT 500
