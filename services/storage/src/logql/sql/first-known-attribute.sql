{{map}}.values[arrayFirstIndex(key -> has({keys{{at}}:Array(String)}, key), {{map}}.keys)]
