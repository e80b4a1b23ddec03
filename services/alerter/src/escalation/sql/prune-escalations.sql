-- Of all tenants: how long they are kept is not a tenant's choice.
WITH
  gone AS (DELETE FROM escalations WHERE ended_at < $1),
  contacts AS (DELETE FROM oncall_contacts WHERE settled_at < $1)
DELETE FROM oncall_handovers WHERE handover_at < $1
