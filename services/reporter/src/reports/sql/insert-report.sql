INSERT INTO reports (
  tenant, report_id, kind, title, start_unix_nano, end_unix_nano, created_unix_nano,
  fleet_health_score, healthy_systems, total_systems, document
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
