SELECT record->>'groupKey' AS group_key, record->'members' AS members
FROM dispatch_records
WHERE tenant = $1 AND kind = 'group' AND record->>'groupKey' = ANY ($2::text[])
