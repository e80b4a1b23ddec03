    -- The text indexes know which resources have the value under any key, and which records have the key. The bloom
    -- filter, which leaves out granules, is only asked: to compare with it would mean to read the values.
    AND (has(mapValues(ResourceAttributes), {attributeValues:Array(String)}[{{at}}]) OR mapContains(LogAttributes, {attributeKeys:Array(String)}[{{at}}]))
    AND indexHint(has(mapValues(ResourceAttributes), {attributeValues:Array(String)}[{{at}}]) OR has(mapValues(LogAttributes), {attributeValues:Array(String)}[{{at}}]))
