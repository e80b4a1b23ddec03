SELECT toUnixTimestamp64Nano(toDateTime64(min({column:Identifier}), 9)) AS oldest
FROM {table:Identifier}
WHERE Tenant = {tenant:String} AND _partition_id = {partition:String}
