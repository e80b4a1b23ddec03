SELECT
  report_id, kind, coalesce(document->>'headline', '') AS headline, title, start_unix_nano::text, end_unix_nano::text, created_unix_nano::text,
  fleet_health_score, healthy_systems, total_systems
FROM reports
WHERE tenant = $1
ORDER BY created_unix_nano DESC, report_id DESC
LIMIT $2
