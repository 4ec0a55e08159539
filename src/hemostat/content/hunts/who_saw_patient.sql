-- title: Who saw this patient
-- question: Who asked for one patient's data, from where, how often, and with what result?
-- identifier: patient | person | The patient: the number that the store knows, or a pseudonym of the lake. It becomes a pseudonym here.
-- parameter: since | 0001-01-01T00:00:00Z | First moment, RFC 3339.
-- parameter: until | 9999-01-01T00:00:00Z | Moment after the last, RFC 3339.
-- column: actor | Pseudonym of the caller, or the name of an app.
-- column: app | Program that did it.
-- column: actor_type | person, app, staff, system or unknown.
-- column: auth | How the caller showed who he was.
-- column: act | What was done, as thing:verb.
-- column: result | success, denied, not_found, error or unknown.
-- column: src_net | Network from which it was asked.
-- column: source | Name of the source that told it.
-- column: path | Path, redacted, long numbers shown as {n}.
-- column: events | Events of this kind.
-- column: first_time | When the first of these events happened.
-- column: last_time | When the last of these events happened.
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
