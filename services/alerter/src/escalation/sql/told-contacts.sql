SELECT tenant, about, contact_key, contact, due_at, status, receiver_data
FROM oncall_contacts
WHERE tenant = $1 AND about = $2 AND status = 'told'
ORDER BY settled_at DESC
