-- What people said of alerts and groups. There is little of it: it goes with what it is about.
SELECT kind, record FROM dispatch_records WHERE tenant = $1 AND kind IN ('acknowledgement', 'assignment')
