DELETE FROM baselines WHERE updated_at <= $1
