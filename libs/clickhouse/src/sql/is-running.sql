-- Whether the server is at a statement that was sent with this comment.
SELECT toUInt32(count()) AS running
FROM system.processes
WHERE Settings['log_comment'] = {marker:String}
