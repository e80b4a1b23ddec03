import type { ReaderState } from "@sightline/bus/needed";
import type { Clock } from "@sightline/model/time";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { WatchedLane } from "./behind/behind-watch.ts";
import type { QueryTurns, RefusedTurn } from "./query/query-turns.ts";
import type { LaneObserver } from "./writer/lane-options.ts";

/** The metrics of the writer. */
export interface WriterMetrics {
  observer(lane: string): LaneObserver;
  /** Reads how far the lane is behind at each scrape. */
  showLane(lane: WatchedLane): void;
  /** Asks at each scrape how far the other readers of the bus have come. */
  showReaders(readers: () => Promise<readonly ReaderState[]>): void;
  /** Reads how full the fullest disk is, percent, at each scrape. */
  showDisk(usedPercent: () => number): void;
  /** Counts what was deleted to make room. */
  evicted(table: string, rows: number): void;
  /** Counts dead letters that went to make room for newer ones. */
  droppedLetters(count: number): void;
  /** Counts events that could not be handed on. */
  droppedEvent(): void;
  /** Counts failed runs of a chore. */
  failedChores(chore: string): { inc(): void };
}

export function createWriterMetrics(registry: Registry, clock: Clock): WriterMetrics {
  const registers = [registry];
  const rows = new Counter({
    name: "sightline_storage_inserted_rows_total",
    help: "Rows inserted into ClickHouse.",
    labelNames: ["table"],
    registers,
  });
  const bytes = new Counter({
    name: "sightline_storage_inserted_bytes_total",
    help: "Bytes sent with inserts, uncompressed.",
    labelNames: ["table"],
    registers,
  });
  const duration = new Histogram({
    name: "sightline_storage_insert_duration_seconds",
    help: "Time of inserts that succeeded; their count is the number of inserts.",
    labelNames: ["table"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const retries = new Counter({
    name: "sightline_storage_retries_total",
    help: "Operations that failed and are tried again: record, read, insert, dead-letter.",
    labelNames: ["lane", "operation"],
    registers,
  });
  const rejected = new Counter({
    name: "sightline_storage_dead_letters_total",
    help: "Messages put aside, in whole or for a record in them.",
    labelNames: ["lane", "reason"],
    registers,
  });
  const delay = new Histogram({
    name: "sightline_storage_delay_seconds",
    help: "Time from the reception of a batch's first message until the batch can be queried.",
    labelNames: ["lane"],
    buckets: [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60, 300, 1800],
    registers,
  });
  const owned = new Gauge({
    name: "sightline_storage_lane_owned",
    help: "1 while this process writes the lane.",
    labelNames: ["lane"],
    registers,
  });
  const lanes: WatchedLane[] = [];
  new Gauge({
    name: "sightline_storage_pending_messages",
    help: "Messages on the bus that are not in the database yet.",
    labelNames: ["lane"],
    registers,
    collect() {
      for (const { name, pending } of lanes) this.set({ lane: name }, pending());
    },
  });
  new Gauge({
    name: "sightline_storage_waited_seconds",
    help: "For how long the oldest message of the batch that is being stored has waited; 0 while none is.",
    labelNames: ["lane"],
    registers,
    collect() {
      for (const { name, waitedMs } of lanes) this.set({ lane: name }, waitedMs() / 1000);
    },
  });
  const failedChores = new Counter({
    name: "sightline_storage_failed_chores_total",
    help: "Runs of background work that failed and come again: retention, rollups, disk.",
    labelNames: ["chore"],
    registers,
  });
  const evictedRows = new Counter({
    name: "sightline_storage_evicted_rows_total",
    help: "Rows deleted before their time to make room on the disk.",
    labelNames: ["table"],
    registers,
  });
  const droppedLetters = new Counter({
    name: "sightline_storage_dropped_dead_letters_total",
    help: "Dead letters deleted before their time to make room for newer ones.",
    registers,
  });
  const droppedEvents = new Counter({
    name: "sightline_storage_dropped_events_total",
    help: "Events about storage itself that could not be handed to ingest.",
    registers,
  });
  return {
    showReaders: (readers) =>
      void new Gauge({
        name: "sightline_bus_unread_messages",
        help: "Messages that a durable reader of the bus has not read, or not finished: nobody else sees that it stands still.",
        labelNames: ["reader"],
        registers,
        async collect() {
          this.reset();
          for (const { reader, unread } of await readers()) this.set({ reader }, unread);
        },
      }),
    showDisk: (usedPercent) =>
      void new Gauge({
        name: "sightline_storage_disk_used_ratio",
        help: "How full the fullest of the database's disks is, 0 to 1.",
        registers,
        collect() {
          this.set(usedPercent() / 100);
        },
      }),
    evicted: (table, count) => evictedRows.inc({ table }, count),
    droppedLetters: (count) => droppedLetters.inc(count),
    droppedEvent: () => droppedEvents.inc(),
    failedChores: (chore) => failedChores.labels({ chore }),
    observer: (lane) => ({
      inserted: (table, insertedRows, insertedBytes, seconds) => {
        rows.inc({ table }, insertedRows);
        bytes.inc({ table }, insertedBytes);
        duration.observe({ table }, seconds);
      },
      rejected: ({ reason }) => rejected.inc({ lane, reason }),
      retried: (operation) => retries.inc({ lane, operation }),
      stored: (receivedUnixNano) =>
        delay.observe({ lane }, Math.max(0, clock() / 1000 - Number(receivedUnixNano) / 1e9)),
      owned: (isOwned) => owned.set({ lane }, isOwned ? 1 : 0),
    }),
    showLane: (lane) => void lanes.push(lane),
  };
}

/** The metrics of the door for queries. */
export interface QueryMetrics {
  /** Counts queries that were not let in. */
  refused(reason: RefusedTurn): void;
  /** Reads at each scrape how many queries run and wait. */
  showTurns(turns: Pick<QueryTurns, "running" | "waiting">): void;
}

export function createQueryMetrics(registry: Registry): QueryMetrics {
  const registers = [registry];
  const refused = new Counter({
    name: "sightline_storage_refused_queries_total",
    help: "Queries that were not let in, since their tenant has too many: too_many_waiting, waited_too_long.",
    labelNames: ["reason"],
    registers,
  });
  return {
    refused: (reason) => refused.inc({ reason }),
    showTurns: (turns) =>
      void new Gauge({
        name: "sightline_storage_queries",
        help: "Queries of all tenants: running, waiting.",
        labelNames: ["state"],
        registers,
        collect() {
          this.set({ state: "running" }, turns.running());
          this.set({ state: "waiting" }, turns.waiting());
        },
      }),
  };
}
