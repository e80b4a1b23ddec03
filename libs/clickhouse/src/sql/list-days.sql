-- The days that a table, which is partitioned by them, has rows of.
SELECT DISTINCT partition AS day
FROM system.parts
WHERE database = currentDatabase() AND table = {table:String} AND active
ORDER BY day
