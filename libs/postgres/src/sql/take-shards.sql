-- Takes shards that nobody holds, at most $3 of them: row by row, none is looked at after the last one that is taken.
SELECT shard
FROM unnest($1::int[]) AS shard
WHERE pg_try_advisory_lock(hashtextextended($2 || shard, 0))
LIMIT $3
