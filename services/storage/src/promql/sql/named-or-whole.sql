    -- Of metrics of which most series are wanted all are read, of the others those that are named.
    AND (MetricName IN {whole:Array(String)} OR Fingerprint IN {fingerprints:Array(UInt64)})
