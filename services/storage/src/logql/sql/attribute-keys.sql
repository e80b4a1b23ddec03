SELECT
    groupUniqArrayArray(10001)(ResourceKeys) AS resource,
    groupUniqArrayArray(10001)(LogKeys) AS own
FROM otel_logs_attribute_keys
WHERE
    Tenant = {tenant:String}
    AND Day >= toDate(fromUnixTimestamp64Nano(least({start:Int64}, 4294967295000000000)))
    AND Day <= toDate(fromUnixTimestamp64Nano(least({end:Int64}, 4294967295000000000)))
