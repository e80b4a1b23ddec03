-- The metric tables of opentelemetry-collector-contrib exporter/clickhouseexporter, for tools that read those. Exemplars
-- are in metrics_exemplars.
CREATE VIEW IF NOT EXISTS otel_metrics_gauge AS
SELECT
    s.Tenant AS Tenant,
    CAST(d.ResourceAttributes, 'Map(LowCardinality(String), String)') AS ResourceAttributes,
    d.ResourceSchemaUrl AS ResourceSchemaUrl,
    d.ScopeName AS ScopeName,
    d.ScopeVersion AS ScopeVersion,
    CAST(d.ScopeAttributes, 'Map(LowCardinality(String), String)') AS ScopeAttributes,
    toUInt32(0) AS ScopeDroppedAttrCount,
    d.ScopeSchemaUrl AS ScopeSchemaUrl,
    d.ServiceName AS ServiceName,
    s.MetricName AS MetricName,
    d.Description AS MetricDescription,
    d.Unit AS MetricUnit,
    CAST(d.Attributes, 'Map(LowCardinality(String), String)') AS Attributes,
    toDateTime64(s.StartTimestamp, 9) AS StartTimeUnix,
    toDateTime64(s.Timestamp, 9) AS TimeUnix,
    s.Value AS Value,
    -- The data point flag "no recorded value" is the stale marker.
    toUInt32(reinterpretAsUInt64(s.Value) = 0x7ff0000000000002) AS Flags
FROM metrics_samples AS s
INNER JOIN (SELECT * FROM metrics_series FINAL WHERE Type = 'gauge') AS d
    ON s.Tenant = d.Tenant AND s.MetricName = d.MetricName AND s.Fingerprint = d.Fingerprint;

CREATE VIEW IF NOT EXISTS otel_metrics_sum AS
SELECT
    s.Tenant AS Tenant,
    CAST(d.ResourceAttributes, 'Map(LowCardinality(String), String)') AS ResourceAttributes,
    d.ResourceSchemaUrl AS ResourceSchemaUrl,
    d.ScopeName AS ScopeName,
    d.ScopeVersion AS ScopeVersion,
    CAST(d.ScopeAttributes, 'Map(LowCardinality(String), String)') AS ScopeAttributes,
    toUInt32(0) AS ScopeDroppedAttrCount,
    d.ScopeSchemaUrl AS ScopeSchemaUrl,
    d.ServiceName AS ServiceName,
    s.MetricName AS MetricName,
    d.Description AS MetricDescription,
    d.Unit AS MetricUnit,
    CAST(d.Attributes, 'Map(LowCardinality(String), String)') AS Attributes,
    toDateTime64(s.StartTimestamp, 9) AS StartTimeUnix,
    toDateTime64(s.Timestamp, 9) AS TimeUnix,
    s.Value AS Value,
    toUInt32(reinterpretAsUInt64(s.Value) = 0x7ff0000000000002) AS Flags,
    toInt32(multiIf(d.Temporality = 'delta', 1, d.Temporality = 'cumulative', 2, 0)) AS AggregationTemporality,
    d.IsMonotonic AS IsMonotonic
FROM metrics_samples AS s
INNER JOIN (SELECT * FROM metrics_series FINAL WHERE Type = 'sum') AS d
    ON s.Tenant = d.Tenant AND s.MetricName = d.MetricName AND s.Fingerprint = d.Fingerprint;

CREATE VIEW IF NOT EXISTS otel_metrics_histogram AS
SELECT
    s.Tenant AS Tenant,
    CAST(d.ResourceAttributes, 'Map(LowCardinality(String), String)') AS ResourceAttributes,
    d.ResourceSchemaUrl AS ResourceSchemaUrl,
    d.ScopeName AS ScopeName,
    d.ScopeVersion AS ScopeVersion,
    CAST(d.ScopeAttributes, 'Map(LowCardinality(String), String)') AS ScopeAttributes,
    toUInt32(0) AS ScopeDroppedAttrCount,
    d.ScopeSchemaUrl AS ScopeSchemaUrl,
    d.ServiceName AS ServiceName,
    s.MetricName AS MetricName,
    d.Description AS MetricDescription,
    d.Unit AS MetricUnit,
    CAST(d.Attributes, 'Map(LowCardinality(String), String)') AS Attributes,
    toDateTime64(s.StartTimestamp, 9) AS StartTimeUnix,
    toDateTime64(s.Timestamp, 9) AS TimeUnix,
    s.Count AS Count,
    s.Sum AS Sum,
    s.BucketCounts AS BucketCounts,
    s.ExplicitBounds AS ExplicitBounds,
    s.Flags AS Flags,
    s.Min AS Min,
    s.Max AS Max,
    toInt32(multiIf(d.Temporality = 'delta', 1, d.Temporality = 'cumulative', 2, 0)) AS AggregationTemporality
FROM metrics_histograms AS s
INNER JOIN (SELECT * FROM metrics_series FINAL) AS d
    ON s.Tenant = d.Tenant AND s.MetricName = d.MetricName AND s.Fingerprint = d.Fingerprint;

CREATE VIEW IF NOT EXISTS otel_metrics_exp_histogram AS
SELECT
    s.Tenant AS Tenant,
    CAST(d.ResourceAttributes, 'Map(LowCardinality(String), String)') AS ResourceAttributes,
    d.ResourceSchemaUrl AS ResourceSchemaUrl,
    d.ScopeName AS ScopeName,
    d.ScopeVersion AS ScopeVersion,
    CAST(d.ScopeAttributes, 'Map(LowCardinality(String), String)') AS ScopeAttributes,
    toUInt32(0) AS ScopeDroppedAttrCount,
    d.ScopeSchemaUrl AS ScopeSchemaUrl,
    d.ServiceName AS ServiceName,
    s.MetricName AS MetricName,
    d.Description AS MetricDescription,
    d.Unit AS MetricUnit,
    CAST(d.Attributes, 'Map(LowCardinality(String), String)') AS Attributes,
    toDateTime64(s.StartTimestamp, 9) AS StartTimeUnix,
    toDateTime64(s.Timestamp, 9) AS TimeUnix,
    s.Count AS Count,
    s.Sum AS Sum,
    s.Scale AS Scale,
    s.ZeroCount AS ZeroCount,
    s.PositiveOffset AS PositiveOffset,
    s.PositiveBucketCounts AS PositiveBucketCounts,
    s.NegativeOffset AS NegativeOffset,
    s.NegativeBucketCounts AS NegativeBucketCounts,
    s.Flags AS Flags,
    s.Min AS Min,
    s.Max AS Max,
    toInt32(multiIf(d.Temporality = 'delta', 1, d.Temporality = 'cumulative', 2, 0)) AS AggregationTemporality
FROM metrics_exponential_histograms AS s
INNER JOIN (SELECT * FROM metrics_series FINAL) AS d
    ON s.Tenant = d.Tenant AND s.MetricName = d.MetricName AND s.Fingerprint = d.Fingerprint;

CREATE VIEW IF NOT EXISTS otel_metrics_summary AS
SELECT
    s.Tenant AS Tenant,
    CAST(d.ResourceAttributes, 'Map(LowCardinality(String), String)') AS ResourceAttributes,
    d.ResourceSchemaUrl AS ResourceSchemaUrl,
    d.ScopeName AS ScopeName,
    d.ScopeVersion AS ScopeVersion,
    CAST(d.ScopeAttributes, 'Map(LowCardinality(String), String)') AS ScopeAttributes,
    toUInt32(0) AS ScopeDroppedAttrCount,
    d.ScopeSchemaUrl AS ScopeSchemaUrl,
    d.ServiceName AS ServiceName,
    s.MetricName AS MetricName,
    d.Description AS MetricDescription,
    d.Unit AS MetricUnit,
    CAST(d.Attributes, 'Map(LowCardinality(String), String)') AS Attributes,
    toDateTime64(s.StartTimestamp, 9) AS StartTimeUnix,
    toDateTime64(s.Timestamp, 9) AS TimeUnix,
    s.Count AS Count,
    s.Sum AS Sum,
    s.Quantiles AS `ValueAtQuantiles.Quantile`,
    s.Values AS `ValueAtQuantiles.Value`,
    s.Flags AS Flags
FROM metrics_summaries AS s
INNER JOIN (SELECT * FROM metrics_series FINAL) AS d
    ON s.Tenant = d.Tenant AND s.MetricName = d.MetricName AND s.Fingerprint = d.Fingerprint;
