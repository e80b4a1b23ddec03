import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Bus } from "@sightline/bus/connect";
import { publishDeadLetter } from "@sightline/bus/dead-letter";
import type { KvBucket } from "@sightline/bus/kv";
import { nextSequence, oldestUnread } from "@sightline/bus/needed";
import { readFrom, readRange } from "@sightline/bus/ordered";
import { createPublisher } from "@sightline/bus/publish";
import { purgeBefore, streamState } from "@sightline/bus/streams";
import { SIGNALS, SUBJECTS } from "@sightline/bus/subjects";
import type { ClickHouse } from "@sightline/clickhouse/client";
import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { EventBatch } from "@sightline/proto/sightline/event/v1/event";
import type { SignalLag } from "@sightline/proto/sightline/query/v1/query_service";
import type { Logger } from "@sightline/service/logger";
import { every } from "@sightline/service/loop";
import type { BatchLimits } from "./batch-source.ts";
import { deadLetterEvent, tenantToTell } from "./dead-letter-event.ts";
import { type Lane, startLane } from "./lane.ts";
import type { LaneBus, LaneObserver } from "./lane-options.ts";
import { decodeLaneState } from "./lane-state.ts";
import { LANE_NAMES, LANES, type LaneName, type LaneSpec } from "./lanes.ts";
import type { PauseWatch } from "./pause.ts";
import { createPurger, type PurgeBus } from "./purge.ts";
import type { Rejected } from "./transcoding.ts";

export interface WriterOptions {
  readonly bus: Bus;
  /** Where the lanes' places are kept. */
  readonly bucket: KvBucket;
  /** Whether writing is to rest. */
  readonly pause: Pick<PauseWatch, "active" | "onChange">;
  readonly clickhouse: Pick<ClickHouse, "insertNative">;
  /** The lanes that this process may write. */
  readonly lanes: readonly LaneName[];
  readonly limits: BatchLimits;
  readonly takeoverMs: number;
  readonly keepStoredMs: number;
  readonly observe: (lane: LaneName) => LaneObserver;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Brings what is on the bus into the database. */
export interface Writer {
  lanes(): readonly Lane[];
  /** How far behind the bus the database is, per signal. */
  lags(): SignalLag[];
  /** Idempotent. */
  stop(): Promise<void>;
}

/** What an insert under way is given when stopping, milliseconds. */
const STOP_GRACE_MS = 4000;
const PURGE_INTERVAL_MS = 30_000;

/** Starts to write all the given lanes, and to purge what is stored from the bus. */
export function startWriter(options: WriterOptions): Writer {
  const { bus, bucket, log } = options;
  const owner = `${hostname()}/${process.pid}/${randomUUID()}`;
  const putAside = createPutAside(options);
  const lanes = options.lanes.map((name) =>
    startLane({
      ...options,
      name,
      signal: LANES[name].signal,
      bus: laneBus(bus, LANES[name], putAside),
      owner,
      observer: options.observe(name),
    }),
  );
  const purge = createPurger({
    bus: purgeBus(bus, bucket),
    keepStoredMs: options.keepStoredMs,
    now: () => performance.now(),
  });
  const endPurges = every(
    Math.min(PURGE_INTERVAL_MS, Math.max(100, options.keepStoredMs / 2)),
    async () => {
      const messages = await purge();
      if (messages > 0) log.debug({ messages }, "stored messages purged from the bus");
    },
    { name: "purge", log },
  );
  return {
    lanes: () => lanes,
    lags: () => lagsOf(lanes),
    stop: async () => {
      await Promise.all([endPurges(), ...lanes.map((lane) => lane.stop(STOP_GRACE_MS))]);
    },
  };
}

function lagsOf(lanes: readonly Lane[]): SignalLag[] {
  return SIGNALS.map((signal) => ({
    signal,
    pendingMessages: BigInt(
      lanes.filter((lane) => lane.signal === signal).reduce((total, lane) => total + lane.pending(), 0),
    ),
  }));
}

type PutAside = LaneBus["deadLetter"];

/** Much more than all that is told at once; what is beyond waits for the next try. */
const MAX_TOLD_BYTES = 8 << 20;

/** Puts messages aside and tells of each, so that people can be alerted. */
function createPutAside({ bus, clock, log }: WriterOptions): PutAside {
  const publisher = createPublisher(bus, "storage", { as: "storage", maxInFlightBytes: MAX_TOLD_BYTES });
  const tell = async (rejected: Rejected, incarnation: string) => {
    const event = deadLetterEvent(rejected, incarnation, clock);
    const payload = EventBatch.encode({ events: [event] }).finish();
    await publisher.publish(payload, { tenant: tenantToTell(rejected), records: 1, msgId: event.eventId });
  };
  return async (rejected, incarnation) => {
    const { message, reason, error } = rejected;
    const { subject, seq, tenant } = message;
    await publishDeadLetter(bus, { message, reason, error: error.message }, incarnation);
    log.warn({ subject, seq, tenant, reason, error: error.message }, "message put aside");
    // Telling of an event that tells of an event would have no end.
    if (subject === SUBJECTS.storage.subject) return;
    // The message is safe, and its neighbours wait: what cannot be told now is in the log and in the metrics.
    await tell(rejected, incarnation).catch((thrown: unknown) => {
      log.warn({ subject, seq, error: AppError.from(thrown).message }, "nobody was told of the message put aside");
    });
  };
}

function laneBus(bus: Bus, { stream, subject }: LaneSpec, deadLetter: PutAside): LaneBus {
  return {
    incarnation: async () => (await streamState(bus, stream)).incarnation,
    openReader: (startSeq) => readFrom(bus, { stream, subject, startSeq }),
    readRange: (firstSeq, lastSeq, signal) => readRange(bus, { stream, subject, firstSeq, lastSeq, signal }),
    deadLetter,
  };
}

/** All lanes of the stream count, whichever process writes them. */
function purgeBus(bus: Bus, bucket: KvBucket): PurgeBus {
  const stream = "telemetry";
  const names = LANE_NAMES.filter((name) => LANES[name].stream === stream);
  return {
    state: async () => {
      const { incarnation, lastSeq, bytes, maxBytes } = await streamState(bus, stream);
      return { incarnation, lastSeq, fullness: maxBytes > 0 ? bytes / maxBytes : 0 };
    },
    laneStates: () =>
      Promise.all(
        names.map(async (name) => {
          const found = await bucket.get(name);
          return { subject: LANES[name].subject, state: found && decodeLaneState(found.value) };
        }),
      ),
    nextSequence: (subject, fromSeq) => nextSequence(bus, { stream, subject, fromSeq }),
    oldestUnread: () => oldestUnread(bus, stream),
    purgeBefore: (seq) => purgeBefore(bus, { stream, seq }),
  };
}
