-- Begins a time in which nobody else writes about the groups of these shards.
INSERT INTO rule_shards (shard, epoch)
SELECT shard, 1 FROM unnest($1::int[]) AS shard ORDER BY shard
ON CONFLICT (shard) DO UPDATE SET epoch = rule_shards.epoch + 1
RETURNING shard, epoch
