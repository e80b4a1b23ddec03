SELECT kind, record FROM dispatch_records WHERE tenant = $1
