SELECT count() AS rows, hex(sum(sipHash64(*))) AS hash FROM {table:Identifier}
