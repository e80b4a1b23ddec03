SELECT status, error, bytes_read AS bytesRead, total_size AS totalBytes
FROM system.backups
WHERE id = {id:String}
