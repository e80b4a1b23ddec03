{{map}}.values[indexOf({{map}}.keys, {name{{at}}:String})]
