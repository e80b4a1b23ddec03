-- When alerts began to fire and ended, and who was told of them: the newest $5 decisions of a time, as long as they are about $6
-- alerts at most all together; of some alerts, or with NULL of all. Oldest first.
SELECT decided_at, step, reason, receiver, fingerprints, is_all
FROM (
  SELECT decision_id, decided_at, step, reason, receiver, fingerprints,
    sum(cardinality(fingerprints)) OVER (ORDER BY decided_at DESC, decision_id DESC) AS alerts,
    count(*) OVER () < $5 AND sum(cardinality(fingerprints)) OVER () <= $6 AS is_all
  FROM (
    SELECT decision_id, decided_at, step, reason, receiver, fingerprints
    FROM alert_decisions
    WHERE tenant = $1 AND decided_at >= $2 AND decided_at < $3 AND step IN ('received', 'resolved', 'delivered')
      AND ($4::text[] IS NULL OR fingerprints && $4)
    ORDER BY decided_at DESC, decision_id DESC
    LIMIT $5
  ) AS newest
) AS counted
WHERE alerts <= $6
ORDER BY decided_at, decision_id
