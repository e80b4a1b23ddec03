-- Alerts as they are dispatched now. One that is gone was over before anybody looked.
SELECT key AS fingerprint, record FROM dispatch_records WHERE tenant = $1 AND kind = 'alert' AND key = ANY ($2::text[])
