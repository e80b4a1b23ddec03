    Value AS value
