-- The tables of the schema, each with the statements that copy it out and in: all columns but generated ones.
SELECT
    c.oid::regclass::text AS name,
    format('COPY %s (%s) TO STDOUT', c.oid::regclass, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)) AS "copyOut",
    format('COPY %s (%s) FROM STDIN', c.oid::regclass, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)) AS "copyIn",
    ARRAY(
        SELECT DISTINCT k.confrelid::regclass::text
        FROM pg_constraint AS k
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid
    ) AS "references"
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
GROUP BY c.oid
ORDER BY name
