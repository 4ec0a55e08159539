-- title: Patients per actor and hour
-- question: In which hours did one actor reach the most different patients?
-- parameter: least | 10 | Fewest patients of an hour that is shown.
-- parameter: since | 0001-01-01T00:00:00Z | First moment, RFC 3339.
-- parameter: until | 9999-01-01T00:00:00Z | Moment after the last, RFC 3339.
SELECT actor, actor_type, date_trunc('hour', time) AS hour,
       count(DISTINCT subject) AS patients,
       count(*) AS events,
       list_sort(list(DISTINCT act)) AS acts,
       list_sort(list(DISTINCT source)) AS sources
FROM events
WHERE actor <> '' AND subject <> '' AND result = 'success'
  AND time >= CAST($since AS TIMESTAMPTZ) AND time < CAST($until AS TIMESTAMPTZ)
GROUP BY actor, actor_type, hour
HAVING count(DISTINCT subject) >= CAST($least AS INTEGER)
ORDER BY patients DESC, hour, actor, actor_type
LIMIT 500
