SELECT kind, document FROM reports WHERE tenant = $1 AND report_id = $2
