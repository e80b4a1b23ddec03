-- Columns that newer versions of the collector's exporter and of Grafana's data source ask for.
ALTER TABLE otel_traces
    ADD COLUMN IF NOT EXISTS ResourceAttributeItems Array(String)
        ALIAS arrayMap((key, value) -> concat(key, '=', value), mapKeys(ResourceAttributes), mapValues(ResourceAttributes)),
    ADD COLUMN IF NOT EXISTS SpanAttributeItems Array(String)
        ALIAS arrayMap((key, value) -> concat(key, '=', value), mapKeys(SpanAttributes), mapValues(SpanAttributes));
