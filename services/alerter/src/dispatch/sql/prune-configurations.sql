DELETE FROM alert_configurations WHERE tenant = $1 AND version <= $2
