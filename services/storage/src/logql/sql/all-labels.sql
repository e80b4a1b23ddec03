    ServiceName AS serviceName,
    ResourceAttributes.keys AS resourceKeys,
    ResourceAttributes.values AS resourceValues,
    LogAttributes.keys AS attributeKeys,
    LogAttributes.values AS attributeValues,
    -- What is made of it alone, so that more numbers do not make more series.
    intDiv(least(SeverityNumber, 24) + 3, 4) * 4 AS severity
