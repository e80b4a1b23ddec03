INSERT INTO metrics_rollup_late (Source, Tenant, Bucket, Handled)
SELECT
    {source:String},
    tenant,
    toDateTime(bucket),
    fromUnixTimestamp64Milli(arrived)
FROM (SELECT 1)
ARRAY JOIN
    {tenants:Array(String)} AS tenant,
    {buckets:Array(UInt32)} AS bucket,
    {arrived:Array(Int64)} AS arrived
