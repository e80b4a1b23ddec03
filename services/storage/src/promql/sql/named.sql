    AND Fingerprint IN {fingerprints:Array(UInt64)}
