-- Nothing when the tenant has $8 already that are not revoked.
INSERT INTO oncall_feeds (tenant, feed_id, kind, name, prefix, token_hash, created_by)
SELECT $1, $2, $3, $4, $5, $6, $7
WHERE (SELECT count(*) FROM oncall_feeds WHERE tenant = $1 AND revoked_at IS NULL) < $8
