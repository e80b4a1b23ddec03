import {
  encodeV1,
  type TestLabels,
  type TestSeries,
} from "../../../services/ingest/src/doors/remote-write/testing/encode.ts";

/** A metric of one of the platforms that boards show: its series are every choice of its labels. */
interface Metric {
  readonly name: string;
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly kind: Kind;
}

type Kind =
  /** Grows by so many a second. */
  | { readonly counter: number }
  /** Swings between these. */
  | { readonly gauge: readonly [number, number] }
  /** Classic buckets, and observations a second that are as long as some bucket. */
  | { readonly buckets: readonly number[] };

/** How often samples come. */
export const SCRAPE_MS = 15_000;

const latency = { buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };
const minutes = { buckets: [1, 10, 30, 60, 300, 600] };
const counter = (counter: number): Kind => ({ counter });
const gauge = (low: number, high: number): Kind => ({ gauge: [low, high] });
const metric = (name: string, kind: Kind, labels: Metric["labels"] = {}): Metric => ({ name, labels, kind });

/** Several metrics of one kind and the same labels. */
const metrics = (names: string, kind: Kind, labels: Metric["labels"] = {}): Metric[] =>
  names.split(" ").map((name) => metric(name, kind, labels));

const aegisJobs = ["aegis-backend", "aegis-ai-engine", "aegis-executor"];

const aegis: readonly Metric[] = [
  metric("up", gauge(1, 1), { job: aegisJobs }),
  metric("http_requests_total", counter(4), {
    job: aegisJobs,
    method: ["GET", "POST"],
    route: ["/api/users", "/api/policies"],
    status: ["200", "404", "500"],
  }),
  metric("http_request_duration_seconds", latency, {
    job: aegisJobs,
    method: ["GET", "POST"],
    route: ["/api/users", "/api/policies"],
  }),
  ...metrics("rate_limit_exceeded_total policy_evaluations_total redis_cache_hits_total", counter(0.4), {
    job: ["aegis-backend"],
  }),
  metric("auth_attempts_total", counter(0.5), { job: ["aegis-backend"], result: ["success", "failure"] }),
  metric("active_sessions_total", gauge(40, 60), { job: ["aegis-backend"] }),
  metric("db_query_duration_seconds", latency, { job: ["aegis-backend"], operation: ["select"], table: ["users"] }),
  metric("ai_predictions_total", counter(3), { job: ["aegis-ai-engine"], model: ["forest", "lstm"] }),
  metric("ai_inference_duration_seconds", latency, { job: ["aegis-ai-engine"], model: ["forest", "lstm"] }),
  metric("ai_anomalies_detected_total", counter(0.01), { job: ["aegis-ai-engine"], severity: ["high", "low"] }),
  ...metrics("ai_model_confidence_score ai_model_accuracy", gauge(0.85, 0.97), {
    job: ["aegis-ai-engine"],
    model: ["forest", "lstm"],
  }),
  metric("executor_actions_total", counter(0.2), {
    job: ["aegis-executor"],
    action: ["scale", "restart"],
    status: ["completed", "failed"],
  }),
  metric("executor_action_duration_seconds", minutes, { job: ["aegis-executor"], action: ["scale", "restart"] }),
  metric("executor_policy_checks_total", counter(0.3), { job: ["aegis-executor"], result: ["allowed", "denied"] }),
  metric("executor_k8s_api_calls_total", counter(2), {
    job: ["aegis-executor"],
    verb: ["get", "patch"],
    resource: ["pods", "deployments"],
  }),
];

const nodeExporter: readonly Metric[] = [
  metric("node_cpu_seconds_total", counter(0.3), {
    job: ["node"],
    cpu: ["0", "1"],
    mode: ["idle", "user", "system", "iowait"],
  }),
  metric("node_load1", gauge(0.5, 1.5), { job: ["node"] }),
  metric("node_memory_MemTotal_bytes", gauge(16e9, 16e9), { job: ["node"] }),
  metric("node_memory_MemAvailable_bytes", gauge(4e9, 9e9), { job: ["node"] }),
  metric("node_filesystem_size_bytes", gauge(1e11, 1e11), { job: ["node"], fstype: ["ext4"], mountpoint: ["/"] }),
  metric("node_filesystem_avail_bytes", counter(-1e6), { job: ["node"], fstype: ["ext4"], mountpoint: ["/"] }),
  ...metrics("node_network_receive_bytes_total node_network_transmit_bytes_total", counter(5e5), {
    job: ["node"],
    device: ["eth0"],
  }),
];

const opssight: readonly Metric[] = [
  metric("http_requests_total", counter(6), {
    job: ["opssight-backend"],
    method: ["GET", "POST"],
    endpoint: ["/api/v1/users", "/api/v1/pipelines"],
    status_code: ["200", "404", "503"],
    user_type: ["user", "admin"],
  }),
  metric("http_request_duration_seconds", latency, {
    job: ["opssight-backend"],
    method: ["GET", "POST"],
    endpoint: ["/api/v1/users", "/api/v1/pipelines"],
  }),
  ...metrics(
    "http_request_size_bytes http_response_size_bytes",
    { buckets: [100, 1000, 10_000] },
    {
      endpoint: ["/api/v1/users", "/api/v1/pipelines"],
    },
  ),
  ...metrics("db_connections_active db_connections_idle", gauge(3, 18), { database: ["main"] }),
  metric("db_query_duration_seconds", latency, { operation: ["select", "insert"], table: ["pipelines"] }),
  metric("db_slow_queries_total", counter(0.02), { operation: ["select"], table: ["pipelines"] }),
  metric("cache_operations_total", counter(9), { operation: ["get", "set"], result: ["hit", "miss"] }),
  metric("cache_hit_ratio", gauge(0.82, 0.97), { cache_type: ["redis", "local"] }),
  metric("cache_memory_usage_bytes", gauge(1e7, 3e7), { cache_type: ["redis", "local"] }),
  metric("background_tasks_active", gauge(1, 8), { task_type: ["email", "report"] }),
  metric("background_task_duration_seconds", minutes, { task_type: ["email", "report"] }),
  metric("background_task_errors_total", counter(0.01), { task_type: ["email"], error_type: ["timeout"] }),
  ...metrics("system_cpu_usage_percent system_memory_usage_percent", gauge(30, 70)),
  ...metrics("system_cpu_load_1m system_cpu_load_5m system_cpu_load_15m", gauge(0.3, 1.8)),
  metric("system_memory_usage_bytes", gauge(1e9, 4e9), { type: ["used", "available", "cached", "buffers"] }),
  metric("system_disk_usage_bytes", gauge(2e10, 5e10), { path: ["/"], type: ["used", "free", "total"] }),
  metric("system_disk_usage_percent", gauge(55, 62), { path: ["/"] }),
  metric("system_network_bytes_total", counter(2e5), { interface: ["eth0"], direction: ["rx", "tx"] }),
  ...metrics("system_process_count system_file_descriptors_open", gauge(150, 220)),
  metric("container_cpu_usage_seconds_total", counter(0.2), {
    namespace: ["shop"],
    pod: ["web-1", "web-2"],
    container: ["web"],
  }),
  metric("container_memory_working_set_bytes", gauge(1e8, 2e8), {
    namespace: ["shop"],
    pod: ["web-1", "web-2"],
    container: ["web"],
  }),
  metric("kube_pod_status_phase", gauge(0, 3), { namespace: ["shop"], phase: ["Running", "Pending", "Failed"] }),
  ...metrics("kube_deployment_spec_replicas kube_deployment_status_replicas_available", gauge(3, 3), {
    namespace: ["shop"],
    deployment: ["web"],
  }),
  metric("kube_pod_container_status_restarts_total", counter(0.005), {
    namespace: ["shop"],
    pod: ["web-1"],
    container: ["web"],
  }),
];

const opssightBusiness: readonly Metric[] = [
  metric("business_active_users", gauge(100, 900), { time_window: ["1h", "1d", "1w"] }),
  metric("business_user_sessions_active", gauge(50, 90)),
  metric("business_user_actions_total", counter(1), {
    action_type: ["view", "deploy"],
    user_role: ["admin", "viewer"],
  }),
  metric("business_pipeline_executions_total", counter(0.03), {
    pipeline_type: ["build", "deploy"],
    status: ["success", "failed"],
    environment: ["production", "staging"],
  }),
  metric("business_pipeline_duration_seconds", minutes, { pipeline_type: ["build"], environment: ["production"] }),
  metric("business_pipeline_queue_size", gauge(0, 6), { priority: ["high", "low"] }),
  metric("business_deployments_total", counter(0.01), {
    environment: ["production", "staging"],
    status: ["success", "failed"],
    deployment_type: ["rolling"],
  }),
  metric("business_deployment_frequency_per_day", gauge(4, 12), { environment: ["production", "staging"] }),
  metric("business_integration_calls_total", counter(0.5), {
    service: ["github", "slack"],
    operation: ["notify"],
    status: ["success", "error"],
  }),
  metric("business_integration_latency_seconds", latency, { service: ["github", "slack"], operation: ["notify"] }),
  metric("security_auth_attempts_total", counter(0.6), {
    method: ["password", "oauth"],
    result: ["success", "failure"],
    user_type: ["user"],
  }),
  metric("security_failed_logins_total", counter(0.05), {
    reason: ["bad_password", "unknown_user"],
    source_ip_class: ["external"],
  }),
  metric("security_rate_limit_violations_total", counter(0.1), { endpoint: ["/login"], limit_type: ["ip"] }),
  metric("security_blocked_ips_count", gauge(2, 9)),
  metric("security_events_total", counter(0.02), {
    event_type: ["brute_force", "sql_injection"],
    severity: ["warning", "critical"],
  }),
  metric("security_input_validation_failures_total", counter(0.03), {
    validation_type: ["xss"],
    endpoint: ["/search"],
  }),
];

const production = { environment: ["production"] };
const agents = { agent_id: ["policy_analyzer_01", "risk_assessor_01"], agent_type: ["policy_analyzer"] };

const dora: readonly Metric[] = [
  metric("deployments_per_day", gauge(8, 14), { environment: ["production", "staging"] }),
  metric("lead_time_hours", gauge(10, 40), production),
  metric("change_failure_rate", gauge(3, 9), production),
  metric("mttr_hours", gauge(0.5, 3), production),
  ...metrics("compliance_violations security_incidents", counter(0.001), production),
  ...metrics("authentication_attempts authorization_failures", counter(0.2), production),
  ...metrics("cpu_usage memory_usage disk_usage", gauge(20, 90), production),
  metric("workflows_active", gauge(3, 20), production),
  metric("workflows_completed", counter(0.05), production),
  metric("workflow_error_rate", gauge(0.01, 0.04), production),
  ...metrics("error_rate_5xx error_rate_4xx", gauge(0.1, 2), production),
  metric("response_time_seconds", { buckets: [0.1, 0.5, 1, 5, 10] }, production),
  metric("workflow_duration_seconds", minutes, { ...production, ...agents }),
  metric("allocation_success_rate", gauge(0.95, 1), production),
  metric("quota_usage_percentage", gauge(40, 70), production),
  ...metrics("messages_sent_total messages_received_total", counter(20), production),
  metric("message_latency_seconds", latency, production),
  ...metrics("allocations_active connection_pool_size", gauge(5, 30), production),
  ...metrics("task_completion_rate agent_availability analysis_accuracy", gauge(0.9, 1), agents),
  metric("processing_time", gauge(0.5, 4), agents),
  metric("component_implementation_score", gauge(70, 99), { component: ["navigator", "agent_forge"] }),
  metric("component_stubs", gauge(0, 5), { component: ["navigator", "agent_forge"] }),
  metric("sprint_completion_percent", gauge(30, 80), { sprint: ["42"] }),
];

/** One series of a metric. */
interface Series {
  readonly labels: TestLabels;
  valueAt(scrape: number): number;
}

/** Every series of every platform, of so many instances each. */
export function seriesOf(instances: number): Series[] {
  const all = [...aegis, ...nodeExporter, ...opssight, ...opssightBusiness, ...dora];
  const names = Array.from({ length: instances }, (_, at) => `host-${at + 1}:9100`);
  return all.flatMap(({ name, labels, kind }) =>
    choicesOf({ instance: names, job: ["platform"], ...labels }).flatMap((chosen, index) =>
      seriesOfKind(name, chosen, { kind, seed: index }),
    ),
  );
}

function choicesOf(labels: Readonly<Record<string, readonly string[]>>): TestLabels[] {
  return Object.entries(labels).reduce<TestLabels[]>(
    (chosen, [name, values]) => chosen.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

function seriesOfKind(name: string, labels: TestLabels, { kind, seed }: { kind: Kind; seed: number }): Series[] {
  const perScrape = SCRAPE_MS / 1000;
  if ("counter" in kind) {
    const start = kind.counter < 0 ? 8e10 : 1000 * seed;
    const slope = kind.counter * perScrape * (1 + (seed % 7) / 10);
    return [{ labels: { __name__: name, ...labels }, valueAt: (at) => start + at * slope }];
  }
  if ("gauge" in kind) {
    const [low, high] = kind.gauge;
    const valueAt = (at: number) => low + ((high - low) * (1 + Math.sin(at / 40 + seed))) / 2;
    return [{ labels: { __name__: name, ...labels }, valueAt }];
  }
  const bounds = [...kind.buckets.map(String), "+Inf"];
  const perBucket = (1 + (seed % 5)) * perScrape;
  const counted = (position: number) => (at: number) => at * perBucket * (position + 1);
  const total = counted(bounds.length - 1);
  return [
    ...bounds.map((le, at) => ({ labels: { __name__: `${name}_bucket`, ...labels, le }, valueAt: counted(at) })),
    { labels: { __name__: `${name}_count`, ...labels }, valueAt: total },
    { labels: { __name__: `${name}_sum`, ...labels }, valueAt: (at) => total(at) * (kind.buckets[3] ?? 1) * 0.5 },
  ];
}

export interface WriteOptions {
  readonly instances: number;
  readonly startMs: number;
  readonly scrapes: number;
  /** Of the trace that exemplars of request durations lead to. */
  readonly traceId: string;
}

/** Requests of remote write 1.0 with some scrapes of everything each, in the order of time. */
export function* writeRequests({ instances, startMs, scrapes, traceId }: WriteOptions): Generator<Buffer> {
  const scrapesPerRequest = Math.max(1, Math.floor(40 / instances));
  const all = seriesOf(instances);
  for (let first = 0; first < scrapes; first += scrapesPerRequest) {
    const count = Math.min(scrapesPerRequest, scrapes - first);
    const timeOf = (offset: number) => startMs + (first + offset) * SCRAPE_MS;
    yield encodeV1(
      all.map(({ labels, valueAt }): TestSeries => {
        const samples = Array.from({ length: count }, (_, offset) => ({
          value: valueAt(first + offset),
          timestamp: timeOf(offset),
        }));
        const isLatency = labels["__name__"] === "http_request_duration_seconds_bucket" && labels["le"] === "1";
        const exemplars = [{ labels: { trace_id: traceId }, value: 0.8, timestamp: timeOf(count - 1) }];
        return { labels, samples, ...(isLatency && { exemplars }) };
      }),
    );
  }
}
