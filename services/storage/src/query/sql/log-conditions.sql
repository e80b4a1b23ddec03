    Tenant = {tenant:String}
    AND Timestamp >= fromUnixTimestamp64Nano({start:Int64})
    AND Timestamp < fromUnixTimestamp64Nano({end:Int64})
    AND SeverityNumber >= {minSeverity:UInt8}
    AND (empty({services:Array(String)}) OR ServiceName IN {services:Array(String)})
    AND ({traceId:String} = '' OR TraceId = {traceId:String})
    -- The index finds the records with all words; what words hold besides letters and digits is compared afterwards.
    AND ({words:String} = '' OR hasAllTokens(lowerUTF8(Body), lowerUTF8({words:String})))
    AND (empty({texts:Array(String)})
        OR arrayAll(text -> position(lowerUTF8(Body), lowerUTF8(text)) > 0, {texts:Array(String)}))
    AND ({notWords:String} = '' OR NOT hasAnyTokens(lowerUTF8(Body), lowerUTF8({notWords:String})))
    AND (empty({notTexts:Array(String)})
        OR NOT arrayExists(text -> position(lowerUTF8(Body), lowerUTF8(text)) > 0, {notTexts:Array(String)}))
    -- The indexes leave out what has not the value anywhere; then it is compared under its key. One by one for the first
    -- three: a function over all keys costs eight times as much.
    AND (length({attributeKeys:Array(String)}) < 1 OR (
        (has(mapValues(LogAttributes), {attributeValues:Array(String)}[1]) OR has(mapValues(ResourceAttributes), {attributeValues:Array(String)}[1]))
        AND if(
            mapContains(LogAttributes, {attributeKeys:Array(String)}[1]),
            LogAttributes[{attributeKeys:Array(String)}[1]] = {attributeValues:Array(String)}[1],
            mapContains(ResourceAttributes, {attributeKeys:Array(String)}[1]) AND ResourceAttributes[{attributeKeys:Array(String)}[1]] = {attributeValues:Array(String)}[1])))
    AND (length({attributeKeys:Array(String)}) < 2 OR (
        (has(mapValues(LogAttributes), {attributeValues:Array(String)}[2]) OR has(mapValues(ResourceAttributes), {attributeValues:Array(String)}[2]))
        AND if(
            mapContains(LogAttributes, {attributeKeys:Array(String)}[2]),
            LogAttributes[{attributeKeys:Array(String)}[2]] = {attributeValues:Array(String)}[2],
            mapContains(ResourceAttributes, {attributeKeys:Array(String)}[2]) AND ResourceAttributes[{attributeKeys:Array(String)}[2]] = {attributeValues:Array(String)}[2])))
    AND (length({attributeKeys:Array(String)}) < 3 OR (
        (has(mapValues(LogAttributes), {attributeValues:Array(String)}[3]) OR has(mapValues(ResourceAttributes), {attributeValues:Array(String)}[3]))
        AND if(
            mapContains(LogAttributes, {attributeKeys:Array(String)}[3]),
            LogAttributes[{attributeKeys:Array(String)}[3]] = {attributeValues:Array(String)}[3],
            mapContains(ResourceAttributes, {attributeKeys:Array(String)}[3]) AND ResourceAttributes[{attributeKeys:Array(String)}[3]] = {attributeValues:Array(String)}[3])))
    AND (length({attributeKeys:Array(String)}) < 4 OR arrayAll(
        (key, value) -> if(
            mapContains(LogAttributes, key),
            LogAttributes[key] = value,
            mapContains(ResourceAttributes, key) AND ResourceAttributes[key] = value),
        {attributeKeys:Array(String)}, {attributeValues:Array(String)}))
