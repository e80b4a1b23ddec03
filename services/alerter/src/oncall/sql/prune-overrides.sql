-- Of all tenants: those that were over or removed before $1; and of those that are by $2, all but the newest $3 of each schedule.
DELETE FROM oncall_overrides AS old
USING (
  SELECT tenant, override_id, gone_at, row_number() OVER (PARTITION BY tenant, schedule ORDER BY gone_at DESC) AS place
  FROM (SELECT tenant, override_id, schedule, least(removed_at, end_at) AS gone_at FROM oncall_overrides) AS dated
  WHERE gone_at <= $2
) AS gone
WHERE old.tenant = gone.tenant AND old.override_id = gone.override_id AND (gone.gone_at < $1 OR gone.place > $3)
