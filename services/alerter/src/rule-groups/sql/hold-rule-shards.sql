-- Nobody can take one of these shards before the transaction that asks this is over.
SELECT rule_shards.shard
FROM rule_shards
JOIN unnest($1::int[], $2::bigint[]) AS mine (shard, epoch) USING (shard, epoch)
ORDER BY rule_shards.shard
FOR SHARE OF rule_shards
