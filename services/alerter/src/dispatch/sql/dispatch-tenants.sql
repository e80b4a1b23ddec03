-- Who has anything to dispatch, and by which version of what.
SELECT tenant, configuration, silences FROM alert_versions
