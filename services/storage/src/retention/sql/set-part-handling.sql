ALTER TABLE {table:Identifier}
MODIFY SETTING ttl_only_drop_parts = {{wholeParts}}, materialize_ttl_recalculate_only = 1
