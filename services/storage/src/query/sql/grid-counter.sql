        SELECT
            Fingerprint,
            {{function}}(
                fromUnixTimestamp64Milli({startMs:Int64}), fromUnixTimestamp64Milli({endMs:Int64}),
                {step:UInt32}, {window:UInt32})(Timestamp, Value) AS grid
        FROM samples
        WHERE NOT isNaN(Value) AND Fingerprint IN (SELECT Fingerprint FROM series WHERE NOT isDelta)
        GROUP BY Fingerprint
