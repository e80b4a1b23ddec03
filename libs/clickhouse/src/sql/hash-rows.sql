SELECT count() AS rows, hex(sum(sipHash64(tuple(*)))) AS hash FROM {table:Identifier}
