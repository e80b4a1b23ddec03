-- Which records have a value in their resource, and which have a key among their own attributes, is known record by
-- record: the few of a stream are found without reading the attributes of all. Both are repeated over and over, so that
-- indexes of them take 4 bytes a record, and 0.5 of 6.5 microseconds in merges. A record's own values are not: they keep
-- the bloom filter.
ALTER TABLE otel_logs DROP INDEX IF EXISTS idx_resource_attribute_values;
ALTER TABLE otel_logs ADD INDEX IF NOT EXISTS idx_resource_attribute_texts mapValues(ResourceAttributes) TYPE text(tokenizer = array);
ALTER TABLE otel_logs ADD INDEX IF NOT EXISTS idx_log_attribute_keys mapKeys(LogAttributes) TYPE text(tokenizer = array);
