DELETE FROM alert_messages WHERE seen_at < $1
