WITH streams AS
(
    SELECT groupUniqArrayArray(10001)(mapKeys(ResourceAttributes)) AS keys, toUInt32(uniqExact(StreamId)) AS number
    FROM otel_logs_streams
    WHERE
        Tenant = {tenant:String}
        AND Day >= toDate(fromUnixTimestamp64Nano(least({start:Int64}, 4294967295000000000)))
        AND Day <= toDate(fromUnixTimestamp64Nano(least({end:Int64}, 4294967295000000000)))
)
SELECT
    (SELECT keys FROM streams) AS resource,
    (SELECT number FROM streams) AS streams,
    groupUniqArrayArray(10001)(LogKeys) AS own
FROM otel_logs_attribute_keys
WHERE
    Tenant = {tenant:String}
    AND Day >= toDate(fromUnixTimestamp64Nano(least({start:Int64}, 4294967295000000000)))
    AND Day <= toDate(fromUnixTimestamp64Nano(least({end:Int64}, 4294967295000000000)))
