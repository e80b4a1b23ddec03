ALTER TABLE system.{table:Identifier}
MODIFY TTL event_date + toIntervalDay({days:UInt32})
