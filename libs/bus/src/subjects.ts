/**
 * The table of the data flow: every subject on the bus, what it carries, who alone publishes it and who reads it. What
 * the services declare is tested against it.
 *
 * Payloads are protobuf whose bytes may be concatenated: two payloads one after the other are their merge.
 */

/** The services that take part. */
export type Service = "collector" | "ingest" | "storage" | "analyzer" | "alerter" | "reporter" | "gateway";

/** The four signals that ingest takes and storage keeps. */
export const SIGNALS = ["traces", "metrics", "logs", "events"] as const;
export type Signal = (typeof SIGNALS)[number];

export interface StreamSpec {
  readonly name: string;
  readonly subjects: readonly string[];
  /** Oldest messages go after this time, seconds. */
  readonly maxAgeSeconds: number;
  /** Share of the bus' disk budget, percent. */
  readonly diskPercent: number;
  /**
   * A full stream refuses new messages, so that nothing is lost silently. `refuse`: until there is room, ingest answers
   * 503. `make-room`: its publisher removes the oldest, and counts and tells what it removed.
   */
  readonly overflow: "refuse" | "make-room";
  readonly about: string;
}

export const STREAMS = {
  telemetry: {
    name: "TELEMETRY",
    subjects: ["telemetry.>"],
    maxAgeSeconds: 3 * 24 * 3600,
    diskPercent: 80,
    overflow: "refuse",
    about: "What senders gave us, until storage has it and a while longer. Storage removes what it has stored.",
  },
  signals: {
    name: "SIGNALS",
    subjects: ["signals.>"],
    maxAgeSeconds: 24 * 3600,
    diskPercent: 10,
    overflow: "refuse",
    about: "What the services themselves noticed, and what other systems told the gateway: events.",
  },
  deadLetter: {
    name: "DEADLETTER",
    subjects: ["deadletter.>"],
    maxAgeSeconds: 14 * 24 * 3600,
    diskPercent: 10,
    overflow: "make-room",
    about: "Messages that could not be stored, with the reason, to be looked at and sent again.",
  },
} as const satisfies Record<string, StreamSpec>;

export type StreamKey = keyof typeof STREAMS;

export interface SubjectSpec {
  /** `*` stands for the shard (telemetry) or the original subject's tail (dead letters). */
  readonly subject: string;
  readonly stream: StreamKey;
  readonly payload:
    | "opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest"
    | "opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest"
    | "opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest"
    | "sightline.event.v1.EventBatch"
    | "the message that failed, unchanged";
  readonly publisher: Service;
  /**
   * `durable`: reads the stream and misses nothing. `newest`: reads the stream and leaves out what it is too late for.
   * `live`: a core subscription, sees what passes while it listens.
   */
  readonly consumers: Partial<Readonly<Record<Service, "durable" | "newest" | "live">>>;
}

export const SUBJECTS = {
  traces: {
    subject: "telemetry.traces.*",
    stream: "telemetry",
    payload: "opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest",
    publisher: "ingest",
    consumers: { storage: "durable", analyzer: "newest" },
  },
  metrics: {
    subject: "telemetry.metrics.*",
    stream: "telemetry",
    payload: "opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest",
    publisher: "ingest",
    consumers: { storage: "durable", analyzer: "durable" },
  },
  /** What spans come to as metrics of their tenant. Read with all other metrics. */
  spanMetrics: {
    subject: "telemetry.metrics.spans",
    stream: "telemetry",
    payload: "opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest",
    publisher: "analyzer",
    consumers: { storage: "durable", analyzer: "durable" },
  },
  /** What rules record. Read with all other metrics. */
  ruleMetrics: {
    subject: "telemetry.metrics.rules",
    stream: "telemetry",
    payload: "opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest",
    publisher: "alerter",
    consumers: { storage: "durable", analyzer: "durable" },
  },
  logs: {
    subject: "telemetry.logs.*",
    stream: "telemetry",
    payload: "opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest",
    publisher: "ingest",
    consumers: { storage: "durable", gateway: "live" },
  },
  events: {
    subject: "telemetry.events.*",
    stream: "telemetry",
    payload: "sightline.event.v1.EventBatch",
    publisher: "ingest",
    consumers: { storage: "durable", analyzer: "durable", alerter: "durable", gateway: "live" },
  },
  anomaly: {
    subject: "signals.anomaly",
    stream: "signals",
    payload: "sightline.event.v1.EventBatch",
    publisher: "analyzer",
    consumers: { storage: "durable", alerter: "durable", gateway: "live" },
  },
  health: {
    subject: "signals.health",
    stream: "signals",
    payload: "sightline.event.v1.EventBatch",
    publisher: "analyzer",
    consumers: { storage: "durable", alerter: "durable", gateway: "live" },
  },
  alert: {
    subject: "signals.alert",
    stream: "signals",
    payload: "sightline.event.v1.EventBatch",
    publisher: "alerter",
    consumers: { storage: "durable", gateway: "live" },
  },
  report: {
    subject: "signals.report",
    stream: "signals",
    payload: "sightline.event.v1.EventBatch",
    publisher: "reporter",
    consumers: { storage: "durable", gateway: "live" },
  },
  /** That a message was put aside. */
  storage: {
    subject: "signals.storage",
    stream: "signals",
    payload: "sightline.event.v1.EventBatch",
    publisher: "storage",
    consumers: { storage: "durable", alerter: "durable", gateway: "live" },
  },
  /** What happened elsewhere, as other systems told it in a format of their own. */
  inbound: {
    subject: "signals.inbound",
    stream: "signals",
    payload: "sightline.event.v1.EventBatch",
    publisher: "gateway",
    consumers: { storage: "durable", alerter: "durable", gateway: "live" },
  },
  deadLetter: {
    subject: "deadletter.>",
    stream: "deadLetter",
    payload: "the message that failed, unchanged",
    publisher: "storage",
    consumers: {},
  },
} as const satisfies Record<string, SubjectSpec>;

export type SubjectKey = keyof typeof SUBJECTS;

/** Headers of every message. */
export const HEADERS = {
  /** The tenant all records of the message belong to. Decided by the sender's API key, never by its own word. */
  tenant: "Sightline-Tenant",
  /** How many records the message holds: spans, data points, log records or events. */
  records: "Sightline-Records",
  /** When ingest took it, nanoseconds since the Unix epoch. The events of a message without a time get this one. */
  received: "Sightline-Received-Unix-Nano",
} as const;

/** The subject of one signal's shard. */
export function telemetrySubject(signal: Signal, shard: number): string {
  return `telemetry.${signal}.${shard}`;
}
