INSERT INTO lost_seal_keys (key, given_up_at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING
