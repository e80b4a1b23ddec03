DELETE FROM dispatch_records WHERE tenant = $1 AND kind = $2 AND key = ANY ($3::text[])
