-- First what small columns and the indexes know, record by record; the rest is read of what that leaves.
PREWHERE
    Tenant = {tenant:String}
    AND Timestamp >= fromUnixTimestamp64Nano({start:Int64})
    AND Timestamp < fromUnixTimestamp64Nano({end:Int64})
    -- The steps of the sort key are named: where Timestamp is in the key as well, as in older tables, ClickHouse would not infer
    -- them, and look at all steps of a day (26.7). They are DateTimes, which end in 2106.
    AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(fromUnixTimestamp64Nano({start:Int64}))
    AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(fromUnixTimestamp64Nano(least({end:Int64}, 4294967295000000000)))
    AND ({minSeverity:UInt8} = 0 OR SeverityNumber >= {minSeverity:UInt8})
    AND (empty({services:Array(String)}) OR ServiceName IN {services:Array(String)})
    AND ({traceId:String} = '' OR TraceId = {traceId:String})
    -- The index finds the records with all words; what words hold besides letters and digits is compared afterwards.
    AND ({words:String} = '' OR hasAllTokens(lowerUTF8(Body), lowerUTF8({words:String})))
    AND ({notWords:String} = '' OR NOT hasAnyTokens(lowerUTF8(Body), lowerUTF8({notWords:String})))
{{mayHave}}
WHERE
    (empty({texts:Array(String)})
        OR arrayAll(text -> position(lowerUTF8(Body), lowerUTF8(text)) > 0, {texts:Array(String)}))
    AND (empty({notTexts:Array(String)})
        OR NOT arrayExists(text -> position(lowerUTF8(Body), lowerUTF8(text)) > 0, {notTexts:Array(String)}))
{{has}}
