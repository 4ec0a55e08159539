-- title: Networks by people reached
-- question: Which networks got answers about the most different people?
-- parameter: since | 0001-01-01T00:00:00Z | First moment, RFC 3339.
-- parameter: until | 9999-01-01T00:00:00Z | Moment after the last, RFC 3339.
SELECT src_net, asn,
       count(DISTINCT subject) AS people,
       count(*) AS answers,
       count(DISTINCT src_ip) AS addresses,
       min(time) AS first_time,
       max(time) AS last_time
FROM events
WHERE result = 'success' AND subject <> '' AND src_net <> ''
  AND time >= CAST($since AS TIMESTAMPTZ) AND time < CAST($until AS TIMESTAMPTZ)
GROUP BY src_net, asn
ORDER BY people DESC, src_net, asn
LIMIT 50
