    Flags AS flags,
    Sum AS sum,
    toFloat64(Count) AS count,
    Quantiles AS quantiles,
    Values AS values
