    AND Fingerprint IN
    (
        SELECT Fingerprint
        FROM metrics_series
        WHERE
{{conditions}}
    )
