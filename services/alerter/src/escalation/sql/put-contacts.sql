INSERT INTO oncall_contacts (tenant, about, contact_key, receiver, contact, due_at)
SELECT $1, $2, contact_key, receiver, contact, due_at
FROM jsonb_to_recordset($3::jsonb) AS planned (contact_key text, receiver text, contact jsonb, due_at timestamptz)
ON CONFLICT DO NOTHING
