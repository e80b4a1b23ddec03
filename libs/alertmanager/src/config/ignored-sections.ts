import { quote } from "@sightline/gotext/quote";
import { type Fail, list, mapOf, optional, type StructOf, struct } from "./codec.ts";
import { httpConfig } from "./http-config.ts";
import { tlsConfig } from "./tls-config.ts";
import { durationMs, number, quietFlag, secretUrl, setSecret, text } from "./values.ts";

const header = struct("headers", { values: list(text()), secrets: list(setSecret), files: list(text()) });

const tracingFields = {
  clientType: text("grpc"),
  endpoint: text(),
  samplingFraction: number({ min: Number.NEGATIVE_INFINITY, isWhole: false, isQuiet: true }),
  insecure: quietFlag,
  tlsConfig: optional(tlsConfig),
  headers: optional(mapOf(header)),
  compression: text(),
  timeoutMs: durationMs(),
};

type TracingConfig = StructOf<typeof tracingFields>;

/** Where Alertmanager sends traces of itself (tracing/config.go). It is read, checked and printed, and says nothing to us. */
export const tracingConfig = struct("tracing", tracingFields, { finish: checkTracing });

function checkTracing(config: TracingConfig, fail: Fail): TracingConfig {
  if (config.clientType !== "http" && config.clientType !== "grpc") {
    fail(`expected tracing client type to be to be http or grpc, but got ${config.clientType}`, "client_type");
  }
  if (config.endpoint === "") fail("tracing endpoint must be set");
  if (config.compression !== "" && config.compression !== "gzip") {
    fail(`invalid compression type ${config.compression} provided, valid options: gzip`, "compression");
  }
  return config;
}

const count = number({ min: Number.MIN_SAFE_INTEGER, isWhole: true, isQuiet: true });

const fileOutput = struct(
  "file_outputs",
  { path: text() },
  {
    finish(config, fail) {
      if (config.path === "") fail("event_recorder file output requires a path");
      return config;
    },
  },
);

const webhookOutput = struct(
  "webhook_outputs",
  {
    url: secretUrl,
    httpConfig: optional(httpConfig),
    timeoutMs: durationMs(),
    workers: count,
    maxRetries: count,
    retryBackoffMs: durationMs(),
    batch: quietFlag,
    batchMaxEvents: count,
    batchMaxBytes: count,
    batchFlushIntervalMs: durationMs(),
  },
  {
    finish(config, fail) {
      const { batchMaxEvents, batchMaxBytes, batchFlushIntervalMs } = config;
      if (config.url === undefined) fail("event_recorder webhook output requires a url");
      if (batchMaxEvents < 0 || batchMaxBytes < 0) fail("event_recorder webhook batch settings cannot be negative");
      if (!config.batch && [batchMaxEvents, batchMaxBytes, batchFlushIntervalMs].some((value) => value !== 0)) {
        fail("event_recorder webhook batch settings require batch: true");
      }
      return config;
    },
  },
);

const kafkaOutput = struct(
  "kafka_outputs",
  {
    brokers: list(text()),
    topic: text(),
    clientId: text(),
    format: text(),
    acks: text(),
    compression: text(),
    bufferSize: count,
    tlsConfig: optional(tlsConfig),
  },
  {
    finish(config, fail) {
      const { brokers, acks, compression, format } = config;
      if (brokers.length === 0) fail("event_recorder kafka: at least one broker is required");
      if (brokers.includes("")) fail("event_recorder kafka: broker entries must be non-empty");
      if (!["", "none", "leader", "all"].includes(acks)) {
        fail(`event_recorder kafka: unknown acks ${quote(acks)}, must be "none", "leader", or "all"`, "acks");
      }
      if (!["", "none", "gzip", "snappy", "lz4", "zstd"].includes(compression)) {
        fail(`event_recorder kafka: unknown compression ${quote(compression)}`, "compression");
      }
      if (config.topic === "") fail("event_recorder kafka output requires a topic");
      if (!["", "json", "protobuf"].includes(format)) {
        fail(`event_recorder kafka: unknown format ${quote(format)}, must be "json" or "protobuf"`, "format");
      }
      return { ...config, format: format === "" ? "json" : format };
    },
  },
);

/** Where Alertmanager writes its events (eventrecorder/config.go). It is read, checked and printed: our events are kept anyway. */
export const eventRecorderConfig = struct("event_recorder", {
  fileOutputs: list(fileOutput),
  webhookOutputs: list(webhookOutput),
  kafkaOutputs: list(kafkaOutput),
  stdoutOutputs: list(struct("stdout_outputs", {})),
});
