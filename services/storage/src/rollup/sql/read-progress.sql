SELECT Name AS name, toUnixTimestamp(max(Until)) AS untilSeconds
FROM metrics_rollup_progress
GROUP BY name
