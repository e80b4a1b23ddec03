import type { KvBucket } from "@sightline/bus/kv";
import type { StoredMessage } from "@sightline/bus/message";
import type { OrderedReader } from "@sightline/bus/ordered";
import type { Signal } from "@sightline/bus/subjects";
import type { ClickHouse } from "@sightline/clickhouse/client";
import type { Clock } from "@sightline/model/time";
import type { Logger } from "@sightline/service/logger";
import type { BatchLimits } from "./batch-source.ts";
import type { InsertObserver } from "./batch-store.ts";
import type { LanePause } from "./pause.ts";
import type { Operation } from "./persist.ts";
import type { Rejected } from "./transcoding.ts";

/** The lane's part of the bus. */
export interface LaneBus {
  /** Tells the stream from another of its name. */
  incarnation(): Promise<string>;
  /** Reads the lane in order, from a sequence on. */
  openReader(startSeq: number): Promise<OrderedReader>;
  /** Exactly the lane's messages of a range, both ends inclusive. */
  readRange(firstSeq: number, lastSeq: number, signal: AbortSignal): Promise<StoredMessage[]>;
  /** Puts a message of that incarnation aside; putting the same aside twice in short order keeps one. */
  deadLetter(problem: Rejected, incarnation: string): Promise<void>;
}

/** Told what becomes of a lane. */
export interface LaneObserver extends InsertObserver {
  /** A batch is stored, whose first message was received at that moment. */
  stored(receivedUnixNano: bigint): void;
  retried(operation: Operation): void;
  owned(owned: boolean): void;
}

export interface LaneOptions {
  readonly name: string;
  readonly signal: Signal;
  readonly bus: LaneBus;
  readonly bucket: KvBucket;
  readonly clickhouse: Pick<ClickHouse, "insertNative">;
  readonly limits: BatchLimits;
  /** Whether writing is to rest. */
  readonly pause: LanePause;
  /** How long an owner may be silent before another process takes its lane, milliseconds. */
  readonly takeoverMs: number;
  /** Unlike that of any other process or start. */
  readonly owner: string;
  readonly observer: LaneObserver;
  readonly log: Logger;
  readonly random: () => number;
  readonly clock: Clock;
}
