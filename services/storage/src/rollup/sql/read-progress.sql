SELECT Name AS name, toUnixTimestamp(max(Until)) AS untilSeconds
FROM {{progress}}
GROUP BY name
