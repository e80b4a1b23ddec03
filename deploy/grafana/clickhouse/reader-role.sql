-- What whoever reads Sightline's tables past Sightline may do there: Grafana's ClickHouse data source above all. For a
-- ClickHouse server (24.8 and newer) by a user who may manage access, in Sightline's database; does no harm when it is
-- run again, and is to be run again after an upgrade, which may bring tables. `reader-user.sql` then makes a user for each
-- tenant. The embedded ClickHouse of `make up` has no users: there is nothing to be done there.
--
--   clickhouse-client --database sightline --queries-file reader-role.sql
--
-- On a cluster whose users are not replicated, run it on every server.
CREATE ROLE IF NOT EXISTS sightline_reader;

-- Nothing but reading, no further than this. Grafana sends how long it waits, and people's filters, with each statement:
-- these two may be set, and can only make it less. Sizes in bytes.
CREATE SETTINGS PROFILE OR REPLACE sightline_reader SETTINGS
    readonly = 1,
    max_execution_time = 30 MAX 60 CHANGEABLE_IN_READONLY,
    timeout_before_checking_execution_speed = 0,
    additional_table_filters = '{}' CHANGEABLE_IN_READONLY,
    max_rows_to_read = 1000000000,
    max_bytes_to_read = 100000000000,
    max_result_rows = 1000000,
    max_result_bytes = 100000000,
    max_memory_usage = 4000000000,
    max_threads = 4
TO sightline_reader;

-- One tenant's boards leave room for those of others.
CREATE QUOTA OR REPLACE sightline_reader KEYED BY user_name
    FOR INTERVAL 1 minute MAX queries = 3000, execution_time = 600
TO sightline_reader;

GRANT SELECT ON otel_logs TO sightline_reader;
GRANT SELECT ON otel_logs_attribute_keys TO sightline_reader;
GRANT SELECT ON otel_logs_streams TO sightline_reader;
GRANT SELECT ON otel_traces TO sightline_reader;
GRANT SELECT ON otel_traces_trace_id_ts TO sightline_reader;
GRANT SELECT ON events TO sightline_reader;
GRANT SELECT ON metrics_series TO sightline_reader;
GRANT SELECT ON metrics_samples TO sightline_reader;
GRANT SELECT ON metrics_histograms TO sightline_reader;
GRANT SELECT ON metrics_exponential_histograms TO sightline_reader;
GRANT SELECT ON metrics_summaries TO sightline_reader;
GRANT SELECT ON metrics_exemplars TO sightline_reader;
GRANT SELECT ON metrics_metadata TO sightline_reader;
GRANT SELECT ON metrics_rollup_5m TO sightline_reader;
GRANT SELECT ON metrics_rollup_1h TO sightline_reader;
GRANT SELECT ON metrics_histograms_rollup_5m TO sightline_reader;
GRANT SELECT ON metrics_histograms_rollup_1h TO sightline_reader;
GRANT SELECT ON metrics_exponential_histograms_rollup_5m TO sightline_reader;
GRANT SELECT ON metrics_exponential_histograms_rollup_1h TO sightline_reader;
GRANT SELECT ON metrics_summaries_rollup_5m TO sightline_reader;
GRANT SELECT ON metrics_summaries_rollup_1h TO sightline_reader;
GRANT SELECT ON metrics_rollup_late TO sightline_reader;
GRANT SELECT ON otel_metrics_gauge TO sightline_reader;
GRANT SELECT ON otel_metrics_sum TO sightline_reader;
GRANT SELECT ON otel_metrics_histogram TO sightline_reader;
GRANT SELECT ON otel_metrics_exp_histogram TO sightline_reader;
GRANT SELECT ON otel_metrics_summary TO sightline_reader;

-- A user sees the rows of the tenant that the rest of its name says: `sightline_reader_acme` those of `acme`. Views ask as
-- whoever asks them, so that the policies of their tables hold.
CREATE ROW POLICY OR REPLACE sightline_reader ON otel_logs USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON otel_logs_attribute_keys USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON otel_logs_streams USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON otel_traces USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON otel_traces_trace_id_ts USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON events USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON metrics_series USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON metrics_samples USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON metrics_histograms USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON metrics_exponential_histograms USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON metrics_summaries USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON metrics_exemplars USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON metrics_metadata USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON metrics_rollup_5m USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON metrics_rollup_1h USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON metrics_histograms_rollup_5m USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON metrics_histograms_rollup_1h USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON metrics_exponential_histograms_rollup_5m USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON metrics_exponential_histograms_rollup_1h USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON metrics_summaries_rollup_5m USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON metrics_summaries_rollup_1h USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
CREATE ROW POLICY OR REPLACE sightline_reader ON metrics_rollup_late USING Tenant = substring(currentUser(), length('sightline_reader_') + 1) TO sightline_reader;
