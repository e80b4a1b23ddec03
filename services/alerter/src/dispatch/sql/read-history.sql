-- When alerts began to fire and ended, and who was told of them: the newest $6 decisions of a time, as long as they are about $7
-- alerts at most all together. Oldest first. Of some alerts: few of them, $4, are found by the index; of many, $5, each decision is
-- asked whether it is about one of them.
SELECT decided_at, step, reason, receiver, fingerprints, is_all
FROM (
  SELECT decision_id, decided_at, step, reason, receiver, fingerprints,
    sum(cardinality(fingerprints)) OVER (ORDER BY decided_at DESC, decision_id DESC) AS alerts,
    count(*) OVER () < $6 AND sum(cardinality(fingerprints)) OVER () <= $7 AS is_all
  FROM (
    SELECT decision_id, decided_at, step, reason, receiver, fingerprints
    FROM alert_decisions
    WHERE tenant = $1 AND decided_at >= $2 AND decided_at < $3 AND step IN ('received', 'resolved', 'delivered')
      AND ($4::text[] IS NULL OR fingerprints && $4)
      AND (
        $5::text[] IS NULL
        OR EXISTS (SELECT FROM unnest(fingerprints) AS of_decision (fingerprint) WHERE of_decision.fingerprint = ANY ($5))
      )
    ORDER BY decided_at DESC, decision_id DESC
    LIMIT $6
  ) AS newest
) AS counted
WHERE alerts <= $7
ORDER BY decided_at, decision_id
