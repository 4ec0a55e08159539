-- title: Networks by people reached
-- question: Which networks got answers about the most different people?
-- parameter: since | 0001-01-01T00:00:00Z | First moment, RFC 3339.
-- parameter: until | 9999-01-01T00:00:00Z | Moment after the last, RFC 3339.
-- bars: people src_net
-- column: src_net | The network: addresses cut to their /24 or /48.
-- column: asn | Autonomous system of the network; 0 when unknown.
-- column: people | Different people whom the answers were about.
-- column: answers | Answers that succeeded and were about somebody.
-- column: addresses | Different addresses of the network that asked.
-- column: first_time | When the first of these answers was given.
-- column: last_time | When the last of these answers was given.
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
