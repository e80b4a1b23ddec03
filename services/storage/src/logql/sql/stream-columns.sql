    ServiceName AS serviceName,
    ResourceAttributes.keys AS resourceKeys,
    ResourceAttributes.values AS resourceValues
