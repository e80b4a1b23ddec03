UPDATE oncall_contacts SET attempts = attempts + 1
WHERE tenant = $1 AND about = $2 AND contact_key = $3 AND status = 'due'
