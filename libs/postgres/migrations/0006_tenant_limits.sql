-- What a tenant may send where that differs from ingest's configuration, and the end of a tenant.

CREATE TABLE tenant_limits (
  tenant text PRIMARY KEY REFERENCES tenants (name) ON DELETE CASCADE,
  -- As libs/postgres/src/tenant-limits.ts writes it: only what differs.
  limits jsonb NOT NULL CHECK (jsonb_typeof(limits) = 'object'),
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- A tenant that was deleted: its keys and logins stop at once. The row stays, so that nobody gets its name, and what
-- may still come in under it, later.
ALTER TABLE tenants
  ADD COLUMN deleted_at timestamptz,
  -- When nothing of it was found any more, long enough after the deletion for everything under way to have come in.
  ADD COLUMN purged_at timestamptz,
  ADD CHECK (deleted_at IS NULL OR name <> 'default'),
  ADD CHECK (purged_at IS NULL OR deleted_at IS NOT NULL);
