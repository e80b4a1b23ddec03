-- Native histograms of Prometheus may count in doubles, as their flags say (libs/otlp/src/point-flags.ts). The views have
-- the columns of the OpenTelemetry exporter, whose counts are whole: those are rounded there, and exact in the tables.
CREATE OR REPLACE VIEW otel_metrics_histogram AS
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
    if(bitTest(s.Flags, 31), toUInt64(round(reinterpretAsFloat64(s.Count))), s.Count) AS Count,
    s.Sum AS Sum,
    if(
        bitTest(s.Flags, 31),
        arrayMap(count -> toUInt64(round(reinterpretAsFloat64(count))), s.BucketCounts),
        s.BucketCounts) AS BucketCounts,
    s.ExplicitBounds AS ExplicitBounds,
    bitAnd(s.Flags, 1) AS Flags,
    s.Min AS Min,
    s.Max AS Max,
    toInt32(multiIf(d.Temporality = 'delta', 1, d.Temporality = 'cumulative', 2, 0)) AS AggregationTemporality
FROM metrics_histograms AS s
INNER JOIN (SELECT * FROM metrics_series FINAL) AS d
    ON s.Tenant = d.Tenant AND s.MetricName = d.MetricName AND s.Fingerprint = d.Fingerprint;

CREATE OR REPLACE VIEW otel_metrics_exp_histogram AS
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
    if(bitTest(s.Flags, 31), toUInt64(round(reinterpretAsFloat64(s.Count))), s.Count) AS Count,
    s.Sum AS Sum,
    s.Scale AS Scale,
    if(bitTest(s.Flags, 31), toUInt64(round(reinterpretAsFloat64(s.ZeroCount))), s.ZeroCount) AS ZeroCount,
    s.PositiveOffset AS PositiveOffset,
    if(
        bitTest(s.Flags, 31),
        arrayMap(count -> toUInt64(round(reinterpretAsFloat64(count))), s.PositiveBucketCounts),
        s.PositiveBucketCounts) AS PositiveBucketCounts,
    s.NegativeOffset AS NegativeOffset,
    if(
        bitTest(s.Flags, 31),
        arrayMap(count -> toUInt64(round(reinterpretAsFloat64(count))), s.NegativeBucketCounts),
        s.NegativeBucketCounts) AS NegativeBucketCounts,
    bitAnd(s.Flags, 1) AS Flags,
    s.Min AS Min,
    s.Max AS Max,
    toInt32(multiIf(d.Temporality = 'delta', 1, d.Temporality = 'cumulative', 2, 0)) AS AggregationTemporality
FROM metrics_exponential_histograms AS s
INNER JOIN (SELECT * FROM metrics_series FINAL) AS d
    ON s.Tenant = d.Tenant AND s.MetricName = d.MetricName AND s.Fingerprint = d.Fingerprint;
