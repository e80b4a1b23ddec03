-- Only when it is looked at again: what is due stays what it is.
UPDATE escalations SET due_at = $3 WHERE tenant = $1 AND escalation_id = $2
