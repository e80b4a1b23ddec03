-- Who has anything to dispatch, and by which version of what.
SELECT tenant, configuration, silences, maintenance FROM alert_versions
