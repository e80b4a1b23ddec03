    count() AS Samples,
    countIf(NOT isNaN(Value)) AS Count,
    minIf(Value, NOT isNaN(Value)) AS Min,
    maxIf(Value, NOT isNaN(Value)) AS Max,
    sumIf(Value, NOT isNaN(Value)) AS Sum,
    arraySort(groupArrayIf((Timestamp, Value), NOT isNaN(Value))) AS points,
    points[1].2 AS First,
    points[-1].2 AS Last,
    points[1].1 AS FirstTime,
    points[-1].1 AS LastTime,
    -- A counter that has less than before has started again from nothing.
    arraySum(arrayMap(
        (value, previous) -> if(value < previous, value, value - previous),
        arrayPopFront(points.2), arrayPopBack(points.2))) AS Increase,
    -- By its bits: other NaN are values.
    maxIf(Timestamp, reinterpretAsUInt64(Value) = 0x7ff0000000000002) AS lastStale,
    if(lastStale > LastTime, lastStale, toDateTime64(0, 3)) AS StaleTime
