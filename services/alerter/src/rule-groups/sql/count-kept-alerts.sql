-- How many alerts dispatching has, those included that are over.
SELECT count(*)::int AS alerts FROM dispatch_records WHERE tenant = $1 AND kind = 'alert'
