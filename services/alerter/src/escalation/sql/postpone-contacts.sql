-- Only when they are looked at again.
UPDATE oncall_contacts AS contact SET due_at = $4
FROM unnest($1::text[], $2::text[], $3::text[]) AS postponed (tenant, about, contact_key)
WHERE contact.tenant = postponed.tenant AND contact.about = postponed.about
  AND contact.contact_key = postponed.contact_key AND contact.status = 'due'
