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
        arrayPopFront(points.2), arrayPopBack(points.2))) AS Increase
