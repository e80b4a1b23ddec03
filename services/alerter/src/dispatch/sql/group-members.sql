SELECT record ->> 'groupKey' AS group_key, record -> 'members' AS members
FROM dispatch_records
WHERE tenant = $1 AND kind = 'group'
  AND group_key_hash IN (SELECT md5(wanted) FROM unnest($2::text[]) AS key (wanted)) AND record ->> 'groupKey' = ANY ($2::text[])
