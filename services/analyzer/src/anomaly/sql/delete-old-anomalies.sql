DELETE FROM anomalies WHERE time_unix_nano < $1
