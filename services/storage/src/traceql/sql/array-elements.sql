arrayFlatten(arrayMap(text -> arrayMap(raw -> if(JSONType(raw) = 'String', JSONExtractString(raw), raw), JSONExtractArrayRaw(text)), arrayFilter(text -> startsWith(text, '['), mapValues({{map}}))))
