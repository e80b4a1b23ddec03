SELECT sum(bytes_on_disk) AS bytes, sum(secondary_indices_compressed_bytes) AS indexBytes, sum(rows) AS rows
FROM system.parts
WHERE active AND database = currentDatabase() AND table = {table:String}
