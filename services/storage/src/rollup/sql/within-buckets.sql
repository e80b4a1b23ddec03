        Bucket >= toDateTime({from:UInt32}) AND Bucket < toDateTime({until:UInt32})
        AND (empty({tenants:Array(String)}) OR Tenant IN {tenants:Array(String)})
