-- title: Who saw this patient
-- question: Who asked for one patient's data, from where, how often, and with what result?
-- identifier: patient | person | The patient: the number that the store knows, or a pseudonym of the lake. It becomes a pseudonym here.
-- parameter: since | 0001-01-01T00:00:00Z | First moment, RFC 3339.
-- parameter: until | 9999-01-01T00:00:00Z | Moment after the last, RFC 3339.
SELECT actor, app, actor_type, auth, act, result, src_net, source, path,
       count(*) AS events,
       min(time) AS first_time,
       max(time) AS last_time
FROM events
WHERE subject = $patient AND subject <> ''
  AND time >= CAST($since AS TIMESTAMPTZ) AND time < CAST($until AS TIMESTAMPTZ)
GROUP BY actor, app, actor_type, auth, act, result, src_net, source, path
ORDER BY last_time DESC, events DESC, actor, app, actor_type, auth, act, result, src_net, source, path
LIMIT 1000
