UPDATE oncall_contacts SET status = 'dropped', settled_at = $3
WHERE tenant = $1 AND about = $2 AND status = 'due' AND contact ->> 'news' = 'firing'
RETURNING tenant, about, contact_key, contact, due_at, status, receiver_data
