-- title: What this token touched
-- question: What was asked with one token, from which networks, and whose data did it reach?
-- identifier: token | token | The token, as it leaked, or a pseudonym of the lake. It becomes a pseudonym here.
-- parameter: since | 0001-01-01T00:00:00Z | First moment, RFC 3339.
-- parameter: until | 9999-01-01T00:00:00Z | Moment after the last, RFC 3339.
-- column: act | What was done, as thing:verb.
-- column: method | HTTP method.
-- column: host | Host that was asked.
-- column: path | Path, redacted, long numbers shown as {n}.
-- column: resource | Kind of thing that was touched.
-- column: src_net | Network from which the token was used.
-- column: asn | Autonomous system of the network; 0 when unknown.
-- column: events | Events with this token.
-- column: answered | Events of these that succeeded.
-- column: people_named | Different people whom the events name.
-- column: people_counted | People whom the events say they concern, added up: somebody may be counted more than once.
-- column: bytes | Bytes that the answers had.
-- column: first_time | When the first of these events happened.
-- column: last_time | When the last of these events happened.
SELECT act, method, host, path, resource, src_net, asn,
       count(*) AS events,
       count(*) FILTER (WHERE result = 'success') AS answered,
       count(DISTINCT subject) FILTER (WHERE subject <> '') AS people_named,
       CAST(sum(subjects) AS BIGINT) AS people_counted,
       CAST(sum(bytes) AS BIGINT) AS bytes,
       min(time) AS first_time,
       max(time) AS last_time
FROM events
WHERE token = $token AND token <> ''
  AND time >= CAST($since AS TIMESTAMPTZ) AND time < CAST($until AS TIMESTAMPTZ)
GROUP BY act, method, host, path, resource, src_net, asn
ORDER BY answered DESC, events DESC, act, method, host, path, resource, src_net, asn
LIMIT 1000
