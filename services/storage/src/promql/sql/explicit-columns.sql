    Flags AS flags,
    Sum AS sum,
    if(bitTest(Flags, 31), reinterpretAsFloat64(Count), toFloat64(Count)) AS count,
    ExplicitBounds AS bounds,
    arrayMap(count -> if(bitTest(Flags, 31), reinterpretAsFloat64(count), toFloat64(count)), BucketCounts) AS counts
