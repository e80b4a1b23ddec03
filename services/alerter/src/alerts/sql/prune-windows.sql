DELETE FROM alert_windows WHERE expires_at < $1
