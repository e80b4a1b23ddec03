SELECT
    count() AS series,
    uniqArray(arrayMap((name, value) -> (name, value), mapKeys(attributes), mapValues(attributes))) AS pairs,
    toUnixTimestamp64Milli(min(firstSeen)) AS firstMs,
    toUnixTimestamp64Milli(max(lastSeen)) AS lastMs
FROM
(
{{series}}
)
