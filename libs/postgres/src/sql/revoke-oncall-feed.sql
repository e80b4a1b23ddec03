UPDATE oncall_feeds SET revoked_at = now() WHERE tenant = $1 AND feed_id = $2 AND revoked_at IS NULL
