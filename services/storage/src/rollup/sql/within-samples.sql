        Timestamp > toDateTime64({from:UInt32}, 3) AND Timestamp <= toDateTime64({until:UInt32}, 3)
        AND (empty({tenants:Array(String)}) OR Tenant IN {tenants:Array(String)})
