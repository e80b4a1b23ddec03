    Flags AS flags,
    Sum AS sum,
    Scale AS scale,
    ZeroThreshold AS zeroThreshold,
    -- The bits of a double are kept in the columns of counts where the flags say so.
    if(bitTest(Flags, 31), reinterpretAsFloat64(Count), toFloat64(Count)) AS count,
    if(bitTest(Flags, 31), reinterpretAsFloat64(ZeroCount), toFloat64(ZeroCount)) AS zeroCount,
    PositiveOffset AS positiveOffset,
    arrayMap(count -> if(bitTest(Flags, 31), reinterpretAsFloat64(count), toFloat64(count)), PositiveBucketCounts) AS positiveCounts,
    NegativeOffset AS negativeOffset,
    arrayMap(count -> if(bitTest(Flags, 31), reinterpretAsFloat64(count), toFloat64(count)), NegativeBucketCounts) AS negativeCounts
