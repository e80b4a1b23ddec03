if(
    has({{map}}.keys, {name{{at}}:String}),
    {{map}}.values[indexOf({{map}}.keys, {name{{at}}:String})],
    {{map}}.values[arrayFirstIndex(key -> {{labelName}} = {name{{at}}:String}, {{map}}.keys)])
