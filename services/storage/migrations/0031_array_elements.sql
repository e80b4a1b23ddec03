-- What values that are arrays are made of, so that an attribute can be looked for in the index whether it is a text or an array
-- of texts. There are few arrays: most granules have nothing to index.
ALTER TABLE otel_traces ADD INDEX IF NOT EXISTS idx_span_attribute_elements
    arrayFlatten(arrayMap(text -> arrayMap(raw -> if(JSONType(raw) = 'String', JSONExtractString(raw), raw), JSONExtractArrayRaw(text)), arrayFilter(text -> startsWith(text, '['), mapValues(SpanAttributes))))
    TYPE bloom_filter(0.01) GRANULARITY 1;
ALTER TABLE otel_traces ADD INDEX IF NOT EXISTS idx_resource_attribute_elements
    arrayFlatten(arrayMap(text -> arrayMap(raw -> if(JSONType(raw) = 'String', JSONExtractString(raw), raw), JSONExtractArrayRaw(text)), arrayFilter(text -> startsWith(text, '['), mapValues(ResourceAttributes))))
    TYPE bloom_filter(0.01) GRANULARITY 1;
