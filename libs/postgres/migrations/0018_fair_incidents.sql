-- What waits is read for each tenant by itself.
CREATE INDEX incident_inbox_of_tenant ON incident_inbox (tenant, entry_id);

-- Groups are found by what people know them by. A column of its own, since an index on the record would have each change of an alert's record
-- touch all indexes; hashed, since the key may be longer than an index takes.
ALTER TABLE dispatch_records ADD COLUMN group_key_hash text
  GENERATED ALWAYS AS (CASE WHEN kind = 'group' THEN md5(record ->> 'groupKey') END) STORED;
CREATE INDEX dispatch_groups_of_key ON dispatch_records (tenant, group_key_hash) WHERE kind = 'group';
