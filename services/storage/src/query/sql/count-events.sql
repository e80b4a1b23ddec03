SELECT count() AS count
FROM events FINAL
WHERE
{{conditions}}
