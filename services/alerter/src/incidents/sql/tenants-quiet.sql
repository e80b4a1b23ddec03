-- Who has incidents of which no alert fires: they may be over by now.
SELECT DISTINCT tenant FROM incidents WHERE state = 'mitigated' AND quiet_since <= $1
