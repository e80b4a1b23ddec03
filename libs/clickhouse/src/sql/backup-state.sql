SELECT status, error, bytes_read AS bytesRead, total_size AS totalBytes, num_entries AS entries
FROM system.backups
WHERE id = {id:String}
