    Tenant = {tenant:String}
    AND TraceId != ''
    AND Timestamp >= fromUnixTimestamp64Nano({start:Int64})
    AND Timestamp < fromUnixTimestamp64Nano({end:Int64})
    -- Named for the sort key, as in log-conditions.sql.
    AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(fromUnixTimestamp64Nano({start:Int64}))
    AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(fromUnixTimestamp64Nano(least({end:Int64}, 4294967295000000000)))
    AND ({service:String} = '' OR ServiceName = {service:String})
    AND ({spanName:String} = '' OR SpanName = {spanName:String})
    AND Duration >= {minDuration:UInt64}
    AND Duration <= {maxDuration:UInt64}
    AND (NOT {errorsOnly:Bool} OR StatusCode = 'Error')
    -- The indexes leave out what has not the value anywhere; then it is compared under its key. One by one for the first
    -- three: a function over all keys costs eight times as much.
    AND (length({attributeKeys:Array(String)}) < 1 OR (
        (has(mapValues(SpanAttributes), {attributeValues:Array(String)}[1]) OR has(mapValues(ResourceAttributes), {attributeValues:Array(String)}[1]))
        AND if(
            mapContains(SpanAttributes, {attributeKeys:Array(String)}[1]),
            SpanAttributes[{attributeKeys:Array(String)}[1]] = {attributeValues:Array(String)}[1],
            mapContains(ResourceAttributes, {attributeKeys:Array(String)}[1]) AND ResourceAttributes[{attributeKeys:Array(String)}[1]] = {attributeValues:Array(String)}[1])))
    AND (length({attributeKeys:Array(String)}) < 2 OR (
        (has(mapValues(SpanAttributes), {attributeValues:Array(String)}[2]) OR has(mapValues(ResourceAttributes), {attributeValues:Array(String)}[2]))
        AND if(
            mapContains(SpanAttributes, {attributeKeys:Array(String)}[2]),
            SpanAttributes[{attributeKeys:Array(String)}[2]] = {attributeValues:Array(String)}[2],
            mapContains(ResourceAttributes, {attributeKeys:Array(String)}[2]) AND ResourceAttributes[{attributeKeys:Array(String)}[2]] = {attributeValues:Array(String)}[2])))
    AND (length({attributeKeys:Array(String)}) < 3 OR (
        (has(mapValues(SpanAttributes), {attributeValues:Array(String)}[3]) OR has(mapValues(ResourceAttributes), {attributeValues:Array(String)}[3]))
        AND if(
            mapContains(SpanAttributes, {attributeKeys:Array(String)}[3]),
            SpanAttributes[{attributeKeys:Array(String)}[3]] = {attributeValues:Array(String)}[3],
            mapContains(ResourceAttributes, {attributeKeys:Array(String)}[3]) AND ResourceAttributes[{attributeKeys:Array(String)}[3]] = {attributeValues:Array(String)}[3])))
    AND (length({attributeKeys:Array(String)}) < 4 OR arrayAll(
        (key, value) -> if(
            mapContains(SpanAttributes, key),
            SpanAttributes[key] = value,
            mapContains(ResourceAttributes, key) AND ResourceAttributes[key] = value),
        {attributeKeys:Array(String)}, {attributeValues:Array(String)}))
