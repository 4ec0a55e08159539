-- title: Tokens seen from several networks
-- question: Which tokens were used from more than one network, as a stolen token is?
-- parameter: since | 0001-01-01T00:00:00Z | First moment, RFC 3339.
-- parameter: until | 9999-01-01T00:00:00Z | Moment after the last, RFC 3339.
-- bars: networks token
-- column: token | Pseudonym of the token.
-- column: networks | Different networks from which it was used.
-- column: src_nets | These networks.
-- column: asns | Their autonomous systems; 0 when unknown.
-- column: uses | Events with this token.
-- column: successes | Events of these that succeeded.
-- column: first_time | When the token was used first.
-- column: last_time | When it was used last.
-- The tokens that are shown are chosen first, by hashes: lists of networks for all tokens would take much memory.
WITH used AS NOT MATERIALIZED (
    SELECT token, src_net, asn, result, time
    FROM events
    WHERE token <> '' AND src_net <> ''
      AND time >= CAST($since AS TIMESTAMPTZ) AND time < CAST($until AS TIMESTAMPTZ)
),
pairs AS (SELECT token, hash(src_net) AS network, count(*) AS uses FROM used GROUP BY token, network),
chosen AS (
    SELECT token
    FROM pairs
    GROUP BY token
    HAVING count(*) > 1
    ORDER BY count(*) DESC, sum(uses) DESC, token
    LIMIT 500
)
SELECT token,
       count(DISTINCT src_net) AS networks,
       list_sort(list(DISTINCT src_net)) AS src_nets,
       list_sort(list(DISTINCT asn)) AS asns,
       count(*) AS uses,
       count(*) FILTER (WHERE result = 'success') AS successes,
       min(time) AS first_time,
       max(time) AS last_time
FROM used SEMI JOIN chosen USING (token)
GROUP BY token
ORDER BY networks DESC, uses DESC, token
