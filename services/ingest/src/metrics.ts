import type { Signal } from "@sightline/bus/subjects";
import type { ErrorCode } from "@sightline/errors/app-error";
import type { RefusalReason } from "@sightline/otlp/violation";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { CommitObserver } from "./commit/committer.ts";

/** Through which door a request came. */
export type Protocol =
  | "otlp-grpc"
  | "otlp-http"
  | "events-grpc"
  | "events-http"
  | "remote-write"
  | "loki"
  | "jaeger"
  | "elasticsearch"
  | "json-lines"
  | "syslog-tcp"
  | "syslog-udp";

/** Why a record is refused: by a limit, or because its door could not make anything of it. */
export type RecordRefusal = RefusalReason | "malformed";

/** Why a message is dropped whose sender cannot be told. */
export type DropReason = "not_allowed" | "too_long" | "too_many_connections" | "queue_full" | "stopping" | "refused";

/** What ingest counts. */
export interface IngestMetrics extends CommitObserver {
  /** Bytes of a request as they came off the wire. */
  received(protocol: Protocol, bytes: number): void;
  /** Records that the bus holds, and how long that took since they were there to be read. */
  accepted(taken: { signal: Signal; protocol: Protocol; records: number; seconds: number }): void;
  /** Records refused for what they are, within a request that was taken; malformed ones unless said otherwise. */
  refused(signal: Signal, protocol: Protocol, records: number, reason?: RecordRefusal): void;
  /** Messages, or connections, of a protocol that has no answer. */
  dropped(protocol: Protocol, reason: DropReason, messages: number): void;
  /** A request refused as a whole. */
  failed(protocol: Protocol, code: ErrorCode): void;
}

export interface MetricsOptions {
  /** Bytes of requests in memory now. */
  heldBytes(): number;
}

const LATENCY_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 10];

/** Registers ingest's metrics. */
export function createIngestMetrics(registry: Registry, { heldBytes }: MetricsOptions): IngestMetrics {
  const registers = [registry];
  const receivedBytes = new Counter({
    name: "sightline_ingest_received_bytes_total",
    help: "Bytes of requests as they came, compressed or not.",
    labelNames: ["protocol"],
    registers,
  });
  const acceptedRecords = new Counter({
    name: "sightline_ingest_accepted_records_total",
    help: "Spans, data points, log records and events that the bus has acknowledged.",
    labelNames: ["signal", "protocol"],
    registers,
  });
  const refusedRecords = new Counter({
    name: "sightline_ingest_refused_records_total",
    help: "Records refused for what they are, beside others that were taken.",
    labelNames: ["signal", "protocol", "reason"],
    registers,
  });
  const droppedMessages = new Counter({
    name: "sightline_ingest_dropped_messages_total",
    help: "Messages dropped, or connections turned away, of a protocol in which nobody can be told (syslog).",
    labelNames: ["protocol", "reason"],
    registers,
  });
  const failedRequests = new Counter({
    name: "sightline_ingest_refused_requests_total",
    help: "Requests refused as a whole, by the reason: an error code.",
    labelNames: ["protocol", "reason"],
    registers,
  });
  const acknowledgement = new Histogram({
    name: "sightline_ingest_acknowledgement_seconds",
    help: "Time from a request's last byte to the bus' acknowledgement of its records.",
    labelNames: ["signal", "protocol"],
    buckets: LATENCY_BUCKETS,
    registers,
  });
  const commit = commitMetrics(registry);
  new Gauge({
    name: "sightline_ingest_held_bytes",
    help: "Bytes of requests in memory, between arrival and answer.",
    registers,
    collect() {
      this.set(heldBytes());
    },
  });
  return {
    received: (protocol, bytes) => receivedBytes.inc({ protocol }, bytes),
    accepted: ({ signal, protocol, records, seconds }) => {
      acceptedRecords.inc({ signal, protocol }, records);
      acknowledgement.observe({ signal, protocol }, seconds);
    },
    refused: (signal, protocol, records, reason = "malformed") =>
      refusedRecords.inc({ signal, protocol, reason }, records),
    dropped: (protocol, reason, messages) => droppedMessages.inc({ protocol, reason }, messages),
    failed: (protocol, reason) => failedRequests.inc({ protocol, reason }),
    ...commit,
  };
}

function commitMetrics(registry: Registry): CommitObserver {
  const registers = [registry];
  const seconds = new Histogram({
    name: "sightline_ingest_commit_duration_seconds",
    help: "Time from publishing a message to the bus' acknowledgement or failure.",
    labelNames: ["signal", "outcome"],
    buckets: LATENCY_BUCKETS,
    registers,
  });
  const bytes = new Histogram({
    name: "sightline_ingest_commit_bytes",
    help: "Size of a message.",
    labelNames: ["signal"],
    buckets: [256, 1024, 4096, 16_384, 65_536, 262_144, 524_288, 1_048_576, 4_194_304],
    registers,
  });
  const requests = new Histogram({
    name: "sightline_ingest_commit_requests",
    help: "How many requests shared a message.",
    labelNames: ["signal"],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  });
  return {
    committed: (message) => {
      const { signal } = message;
      seconds.observe({ signal, outcome: message.ok ? "acknowledged" : "failed" }, message.seconds);
      bytes.observe({ signal }, message.bytes);
      requests.observe({ signal }, message.requests);
    },
  };
}
