import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Bus } from "@sightline/bus/connect";
import type { KvBucket } from "@sightline/bus/kv";
import { nextSequence, readerStates } from "@sightline/bus/needed";
import { readFrom, readRange } from "@sightline/bus/ordered";
import { purgeBefore, streamState } from "@sightline/bus/streams";
import { SIGNALS } from "@sightline/bus/subjects";
import type { ClickHouse } from "@sightline/clickhouse/client";
import type { Clock } from "@sightline/model/time";
import type { SignalLag } from "@sightline/proto/sightline/query/v1/query_service";
import type { Logger } from "@sightline/service/logger";
import { every } from "@sightline/service/loop";
import type { BatchLimits } from "./batch-source.ts";
import { type Lane, startLane } from "./lane.ts";
import type { LaneBus, LaneObserver } from "./lane-options.ts";
import { decodeLaneState } from "./lane-state.ts";
import { LANE_NAMES, LANES, type LaneName, type LaneSpec } from "./lanes.ts";
import type { LanePause } from "./pause.ts";
import { createPurger, type PurgeBus } from "./purge.ts";
import { createPutAside, type PutAside } from "./put-aside.ts";

export interface WriterOptions {
  readonly bus: Bus;
  /** Where the lanes' places are kept. */
  readonly bucket: KvBucket;
  /** Whether writing is to rest. */
  readonly pause: LanePause;
  readonly clickhouse: Pick<ClickHouse, "insertNative">;
  /** The lanes that this process may write. */
  readonly lanes: readonly LaneName[];
  readonly limits: BatchLimits;
  readonly takeoverMs: number;
  readonly keepStoredMs: number;
  readonly observe: (lane: LaneName) => LaneObserver;
  /** Told of dead letters that had to go to make room for newer ones. */
  droppedLetters(count: number): void;
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
/** What one purge removes holds up those who publish: the less, the shorter. */
const PURGE_INTERVAL_MS = 1000;

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
    oldestUnread: async () => {
      const behind = (await readerStates(bus, stream)).filter(({ unread }) => unread > 0);
      return behind.length === 0 ? undefined : Math.min(...behind.map(({ oldestUnread }) => oldestUnread));
    },
    purgeBefore: (seq) => purgeBefore(bus, { stream, seq }),
  };
}
