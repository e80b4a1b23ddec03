SELECT toUnixTimestamp64Nano(toDateTime64(max({column:Identifier}), 9)) AS newest
FROM {table:Identifier}
WHERE Tenant = {tenant:String} AND _partition_id = {partition:String}
