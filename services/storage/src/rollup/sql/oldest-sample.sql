SELECT toUInt32(toUnixTimestamp(min(Timestamp))) AS oldestSeconds
FROM {{table}}
