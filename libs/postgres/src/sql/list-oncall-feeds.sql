SELECT feed_id AS "feedId", kind, name, prefix, created_at AS "createdAt", created_by AS "createdBy",
  revoked_at AS "revokedAt"
FROM oncall_feeds
WHERE tenant = $1
ORDER BY created_at DESC, feed_id
LIMIT 1000
