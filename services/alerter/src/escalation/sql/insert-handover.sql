INSERT INTO oncall_handovers (tenant, schedule, handover_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
