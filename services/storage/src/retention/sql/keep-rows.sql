ALTER TABLE {table:Identifier}
MODIFY TTL {{rule}}
