-- The channel $2 of the tenant $1, where its key was given up. What is not sealed is no text: a condition would not do, as Postgres may ask for the
-- key first.
SELECT name
FROM alert_channels
WHERE tenant = $1 AND name = $2 AND EXISTS (
  SELECT FROM lost_seal_keys
  WHERE key = CASE WHEN substring(definition FROM 1 FOR 9) = 'sealed:1:'::bytea THEN split_part(convert_from(definition, 'UTF8'), ':', 3) END
)
