-- Of all tenants but those of $4: one replica tells all of them. The oldest of each receiver, all receivers of a tenant alike, and all tenants.
SELECT tenant, about, contact_key, contact, due_at, status, receiver_data
FROM (
  SELECT *, row_number() OVER (PARTITION BY tenant, receiver ORDER BY due_at, contact_key) AS place
  FROM oncall_contacts
  WHERE status = 'due' AND due_at <= $1 AND tenant <> ALL ($4::text[])
) AS waiting
WHERE place <= $2
ORDER BY row_number() OVER (PARTITION BY tenant ORDER BY place, due_at), due_at
LIMIT $3
