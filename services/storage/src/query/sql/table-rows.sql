SELECT
    count() AS rows,
    toUnixTimestamp64Nano(toDateTime64(min(Timestamp), 9)) AS oldest,
    toUnixTimestamp64Nano(toDateTime64(max(Timestamp), 9)) AS newest
FROM {table:Identifier}
WHERE Tenant = {tenant:String}
