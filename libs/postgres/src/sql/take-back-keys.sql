DELETE FROM lost_seal_keys WHERE key = ANY ($1::text[])
