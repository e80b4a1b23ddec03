-- What `job` and `instance` are made of where no attribute says them.
SELECT DISTINCT
    Attributes['job'] AS job,
    Attributes['instance'] AS instance,
    ResourceAttributes['service.namespace'] AS serviceNamespace,
    ResourceAttributes['service.name'] AS serviceName,
    ResourceAttributes['service.instance.id'] AS serviceInstance
FROM metrics_series
WHERE
    Tenant = {tenant:String}
    AND LastSeen >= fromUnixTimestamp64Milli({startMs:Int64} - {seenLagMs:Int64})
    AND FirstSeen <= fromUnixTimestamp64Milli({endMs:Int64} + {seenLagMs:Int64})
LIMIT {limit:UInt32}
