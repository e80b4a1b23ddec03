    Tenant = {tenant:String}
    AND Timestamp >= fromUnixTimestamp64Nano({start:Int64})
    AND Timestamp < fromUnixTimestamp64Nano({end:Int64})
    AND (empty({types:Array(String)}) OR EventType IN {types:Array(String)})
    AND (empty({severities:Array(String)}) OR Severity IN {severities:Array(String)})
    AND (empty({sources:Array(String)}) OR Source IN {sources:Array(String)})
    AND (empty({categories:Array(String)}) OR Category IN {categories:Array(String)})
    AND (empty({targets:Array(String)}) OR Target IN {targets:Array(String)})
    -- The index finds the events with all words; what words hold besides letters and digits is compared afterwards.
    AND ({words:String} = '' OR hasAllTokens(
        lowerUTF8(concatWithSeparator('\n', Title, Description, Details, Target, Source, EventType)),
        lowerUTF8({words:String})))
    AND (empty({texts:Array(String)}) OR arrayAll(
        text -> position(
            lowerUTF8(concatWithSeparator('\n', Title, Description, Details, Target, Source, EventType)), lowerUTF8(text)) > 0,
        {texts:Array(String)}))
