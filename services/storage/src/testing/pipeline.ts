import { randomUUID } from "node:crypto";
import { type Bus, connectBus } from "@sightline/bus/connect";
import { openKv } from "@sightline/bus/kv";
import { createPublisher } from "@sightline/bus/publish";
import { ensureStreams } from "@sightline/bus/streams";
import { SIGNALS, type Signal } from "@sightline/bus/subjects";
import type { ClickHouse } from "@sightline/clickhouse/client";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startNats, type TestServerProcess } from "@sightline/testkit/servers";
import { z } from "zod";
import type { LaneObserver } from "../writer/lane-options.ts";
import { LANE_NAMES, LANES_BUCKET } from "../writer/lanes.ts";
import { watchPause } from "../writer/pause.ts";
import type { Rejected } from "../writer/transcoding.ts";
import { startWriter, type Writer, type WriterOptions } from "../writer/writer.ts";
import { payloadOf } from "./payloads.ts";

export interface Publication {
  readonly tenant?: string;
  readonly shard?: number;
  /** In place of the one made of the ids. */
  readonly payload?: Uint8Array;
}

/** A bus of a test's own, and what it takes to write from it into a database. */
export interface Pipeline extends AsyncDisposable {
  readonly nats: TestServerProcess;
  readonly bus: Bus;
  /** Publishes one message as ingest does; answers its sequence. */
  publish(signal: Signal, ids: readonly string[], publication?: Publication): Promise<number>;
}

/** Fast, so that tests are. */
export const writerDefaults = {
  lanes: LANE_NAMES,
  limits: { maxRows: 1000, maxBytes: 1_000_000, flushIntervalMs: 20, insertIntervalMs: 0 },
  takeoverMs: 400,
  keepStoredMs: 3_600_000,
} as const;

export const quietObserver: LaneObserver = {
  inserted: () => undefined,
  rejected: () => undefined,
  stored: () => undefined,
  retried: () => undefined,
  owned: () => undefined,
};

export async function startPipeline({ diskBudgetBytes = 100_000_000 } = {}): Promise<Pipeline> {
  // A server that nobody stops would keep the test's process alive after it failed here.
  await using opening = new AsyncDisposableStack();
  const nats = opening.adopt(await startNats(), (server) => server.stop());
  const bus = opening.adopt(await connectBus({ url: nats.url, name: "test", log: quietLog }), (open) => open.close());
  await ensureStreams(bus, { diskBudgetBytes, replicas: 1 });
  const opened = opening.move();
  const publishers = Object.fromEntries(
    SIGNALS.map((signal) => [signal, createPublisher(bus, signal, { as: "ingest", maxInFlightBytes: 1e8 })]),
  );
  return {
    nats,
    bus,
    publish: async (signal, ids, { tenant = "default", shard = 0, payload = payloadOf[signal](ids) } = {}) => {
      const message = { tenant, shard, records: ids.length, msgId: randomUUID() };
      const published = await publishers[signal]?.publish(payload, message);
      return published?.seq ?? 0;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** An observer that keeps what was put aside. */
export function watchRejected() {
  const rejected: Rejected[] = [];
  return { rejected, observe: () => ({ ...quietObserver, rejected: (problem: Rejected) => rejected.push(problem) }) };
}

/** A writer between a pipeline and a database. Stop it before the pipeline. */
export async function startTestWriter(
  bus: Bus,
  clickhouse: Pick<ClickHouse, "insertNative">,
  options: Partial<WriterOptions> = {},
): Promise<Writer> {
  const bucket = await openKv(bus, LANES_BUCKET);
  const pause = await watchPause({ bucket, log: quietLog, now: () => performance.now(), pollMs: 50 });
  const writer = startWriter({
    ...writerDefaults,
    bus,
    bucket,
    pause,
    clickhouse,
    observe: () => quietObserver,
    droppedLetters: () => undefined,
    log: quietLog,
    clock: Date.now,
    random: () => 0.5,
    ...options,
  });
  return {
    ...writer,
    stop: async () => {
      await writer.stop();
      await pause.close();
    },
  };
}

const columns: Readonly<Record<Signal, string>> = {
  traces: "SpanName AS id FROM otel_traces",
  logs: "Body AS id FROM otel_logs",
  metrics:
    "d.Attributes['id'] AS id FROM metrics_samples AS s INNER JOIN (SELECT * FROM metrics_series FINAL) AS d USING (Tenant, Fingerprint)",
  // What storage says about what the test does is not what the test published.
  events: "Title AS id FROM events WHERE Source != 'storage'",
};

const countRow = z.object({ id: z.string(), times: z.string().transform(Number) });

/** How often each id is in the database. */
export async function countIds(clickhouse: ClickHouse, signal: Signal): Promise<Record<string, number>> {
  const sql = `SELECT id, count() AS times FROM (SELECT ${columns[signal]}) GROUP BY id ORDER BY id`;
  const rows = await clickhouse.query(sql, {}, { schema: countRow });
  return Object.fromEntries(rows.map(({ id, times }) => [id, times]));
}

/** What `countIds` must give: each of the ids once. */
export function onceEach(ids: readonly string[]): Record<string, number> {
  return Object.fromEntries(ids.toSorted().map((id) => [id, 1]));
}
