-- Of all tenants: versions in whose place another one came before $1, but the newest $2 of each; and what was deleted before $1, with all its versions.
DELETE FROM oncall_revisions AS old
USING (
  SELECT
    tenant, kind, name, revision,
    lead(changed_at) OVER newest_last AS replaced_at,
    row_number() OVER (PARTITION BY tenant, kind, name ORDER BY revision DESC) AS place,
    last_value(definition IS NULL AND changed_at < $1) OVER newest_last AS is_gone
  FROM oncall_revisions
  WINDOW newest_last AS (
    PARTITION BY tenant, kind, name ORDER BY revision
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
  )
) AS known
WHERE old.tenant = known.tenant AND old.kind = known.kind AND old.name = known.name AND old.revision = known.revision
  AND (known.is_gone OR known.replaced_at < $1 AND known.place > $2)
