-- Tables that hold rows; of some engines rows are merged at any time, and only their merged form is always the same.
SELECT name, engine IN ('AggregatingMergeTree', 'ReplacingMergeTree', 'SummingMergeTree', 'CollapsingMergeTree') AS merging
FROM system.tables
WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND NOT is_temporary
ORDER BY name
