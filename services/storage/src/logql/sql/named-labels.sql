    [{{values}}] AS labelValues
