            -- A label that a series has not got is empty, as the value of a key that a map has not got.
            AND arrayAll((name, value) -> Attributes[name] = value, {equalNames:Array(String)}, {equalValues:Array(String)})
            AND arrayAll((name, value) -> Attributes[name] != value, {otherNames:Array(String)}, {otherValues:Array(String)})
            AND arrayAll((name, pattern) -> match(Attributes[name], pattern), {matchNames:Array(String)}, {matchPatterns:Array(String)})
            AND arrayAll((name, pattern) -> NOT match(Attributes[name], pattern), {noMatchNames:Array(String)}, {noMatchPatterns:Array(String)})
