SELECT count() AS stored, uniqExact(CorrelationId) AS different FROM events WHERE startsWith(Source, 'agent-')
