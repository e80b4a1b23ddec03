SELECT 1 AS found
FROM dispatch_records
WHERE tenant = $1 AND kind = 'alert' AND key = $2 AND (record ->> 'endsAtMs')::double precision > $3
