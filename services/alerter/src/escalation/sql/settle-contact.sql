UPDATE oncall_contacts SET status = $4, outcome = $5, receiver_data = $6, settled_at = $7
WHERE tenant = $1 AND about = $2 AND contact_key = $3 AND status <> 'told'
