-- What a table's own rule does with the last row of a day, tenant by tenant: whole days until it goes. Of a
-- thousand traces some are among the sampled and most are not.
SELECT
    Tenant AS tenant,
    min(untilGone) AS days,
    max(untilGone) AS sampledDays
FROM
(
    SELECT Tenant, toUInt32(intDiv(toUnixTimestamp({{rule}}) - toUnixTimestamp(Timestamp), 86400)) AS untilGone
    FROM
    (
        SELECT
            toString(number) AS TraceId,
            toDateTime64('2020-01-01 23:59:59', 9) AS Timestamp,
            toDateTime(Timestamp) AS Start,
            toDateTime(Timestamp) AS LastSeen,
            toDateTime(Timestamp) AS Bucket,
            toDate(Timestamp) AS Day,
            arrayJoin({tenants:Array(String)}) AS Tenant
        FROM numbers(1000)
    )
)
GROUP BY Tenant
