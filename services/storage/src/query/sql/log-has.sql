    -- The record's own attributes come before those of its resource. Keys and values as columns: in place of the whole
    -- maps they are read of the granules alone that are left (26.7).
    AND if(
        has(LogAttributes.keys, {attributeKeys:Array(String)}[{{at}}]),
        LogAttributes.values[indexOf(LogAttributes.keys, {attributeKeys:Array(String)}[{{at}}])] = {attributeValues:Array(String)}[{{at}}],
        has(ResourceAttributes.keys, {attributeKeys:Array(String)}[{{at}}])
            AND ResourceAttributes.values[indexOf(ResourceAttributes.keys, {attributeKeys:Array(String)}[{{at}}])] = {attributeValues:Array(String)}[{{at}}])
