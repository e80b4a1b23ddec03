            Tenant = {tenant:String}
            AND MetricName IN {metrics:Array(String)}
            AND LastSeen >= fromUnixTimestamp64Milli({startMs:Int64} - {seenLagMs:Int64})
            AND FirstSeen <= fromUnixTimestamp64Milli({endMs:Int64} + {seenLagMs:Int64})
{{labels}}
