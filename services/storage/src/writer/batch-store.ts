import type { StoredMessage } from "@sightline/bus/message";
import type { ClickHouse, QuerySettings } from "@sightline/clickhouse/client";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { MessagePath } from "@sightline/otlp/message-path";
import { failpoint } from "@sightline/service/failpoint";
import type { Batch } from "./batch.ts";
import { nameOf } from "./batch-part.ts";
import type { BatchTranscoder, Block } from "./batch-transcoder.ts";
import { isDataError } from "./insert-error.ts";
import type { LaneClaim } from "./lane-claim.ts";
import type { Persist } from "./persist.ts";
import { createTakeApart, type Refused } from "./take-apart.ts";
import type { Rejected } from "./transcoding.ts";

/** Told what became of an insert. */
export interface InsertObserver {
  inserted(table: string, rows: number, bytes: number, seconds: number): void;
  rejected(problem: Rejected): void;
}

export interface BatchStoreOptions {
  readonly lane: string;
  readonly clickhouse: Pick<ClickHouse, "insertNative">;
  readonly claim: LaneClaim;
  readonly persist: Persist;
  /** Reads exactly the lane's messages of a range again. */
  readRange(firstSeq: number, lastSeq: number, signal: AbortSignal): Promise<StoredMessage[]>;
  /** Puts a message aside. */
  deadLetter(problem: Rejected): Promise<void>;
  /** For batches that must be taken apart. */
  newTranscoder(): BatchTranscoder;
  /** Where the records of its messages lie, for the same. */
  readonly path: MessagePath;
  readonly observer: InsertObserver;
  /** An insert is not sent when the lane was last known to be ours longer ago than this. */
  readonly confirmWithinMs: number;
}

/** One insert's worth of rows. */
interface Insert {
  readonly block: Block;
  /** What they are the rows of: it names the insert. */
  readonly range: string;
  readonly behind: boolean;
}

/** How a batch is stored. */
export interface StoreOptions {
  /** More waits on the bus than the next batch will take: what can be done later is. */
  readonly behind: boolean;
}

/** What became of a batch. */
export interface StoredBatch {
  /** Whether every row is in the database: of what was refused, some are not. */
  readonly whole: boolean;
}

/** Of an error's text so much is recorded. */
const MAX_ERROR_LENGTH = 1000;

/** Pinned, whatever the server's defaults become. */
const SETTINGS: QuerySettings = {
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  // A partition is a day. Rows of more days than we keep are a sender's mistake, and every partition is files.
  max_partitions_per_insert_block: 400,
  throw_on_max_partitions_per_insert_block: 1,
};

/** Indexes that merges build: they cost an insert a third more. The newest parts are small enough to be searched without. */
const LEFT_TO_MERGES: readonly string[] = [
  "idx_span_attribute_values",
  "idx_span_attribute_elements",
  "idx_resource_attribute_elements",
  "idx_log_attribute_values",
  "idx_log_attribute_keys",
  "idx_resource_attribute_values",
  "idx_resource_attribute_texts",
];
/**
 * What a lane that is behind leaves to merges besides: the index of bodies, half of what a log record costs an insert.
 * Words are looked for in the bodies themselves until merges, which rest while inserts need the cores, have built it.
 */
const LEFT_WHEN_BEHIND: readonly string[] = [...LEFT_TO_MERGES, "idx_body"];

/**
 * Stores batches. An insert carries a token of the lane, the stream's incarnation, the ends of the batch and the table:
 * the same rows inserted again are dropped by ClickHouse. When ClickHouse refuses rows as such, they are taken apart
 * until the record at fault is alone; what was refused last is recorded in the lane, and whoever goes on after a crash
 * takes the batch apart from there.
 *
 * Resolves when every record of the batch is in the database or put aside. Rejects only when the lane is lost or the
 * service stops.
 */
export function createBatchStore(
  options: BatchStoreOptions,
): (batch: Batch, how: StoreOptions) => Promise<StoredBatch> {
  const { lane, clickhouse, claim, persist, observer } = options;
  const { incarnation } = claim.state();

  const putAside = async (problem: Rejected): Promise<void> => {
    await persist("dead-letter", claim.lost, () => options.deadLetter(problem));
    failpoint("storage.dead-letter-kept");
    observer.rejected(problem);
  };

  const send = async ({ block, range, behind }: Insert): Promise<void> => {
    await claim.confirm(options.confirmWithinMs);
    failpoint("storage.insert-confirmed");
    const startedAt = performance.now();
    await clickhouse.insertNative(block.table, block.pieces, {
      columns: block.columns,
      deduplicationToken: `${lane}/${incarnation}/${range}/${block.table}`,
      settings: {
        ...SETTINGS,
        exclude_materialize_skip_indexes_on_insert: (behind ? LEFT_WHEN_BEHIND : LEFT_TO_MERGES).join(","),
      },
      signal: claim.lost,
    });
    failpoint("storage.table-inserted");
    const bytes = block.pieces.reduce((total, piece) => total + piece.length, 0);
    observer.inserted(block.table, block.rows, bytes, (performance.now() - startedAt) / 1000);
  };

  /** Answers why the database refuses the rows, if it does. */
  const insert = async (rows: Insert): Promise<AppError | undefined> => {
    try {
      await persist("insert", claim.lost, () => send(rows), isDataError);
      return undefined;
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (!isDataError(error)) throw error;
      return error;
    }
  };

  const record = async ({ table, part, count, error }: Refused): Promise<void> => {
    const { inserting } = claim.state();
    if (inserting === undefined) return;
    const refused = { table, ...part, count, error: error.message.slice(0, MAX_ERROR_LENGTH) };
    await claim.write({ inserting: { ...inserting, refused } });
  };

  /** What was refused of the batch that is recorded, when whoever wrote the lane died. */
  const recorded = (): Refused | undefined => {
    const refused = claim.state().inserting?.refused;
    if (refused === undefined) return undefined;
    const { table, count, error, ...part } = refused;
    return { table, part, count, error: invalid(error) };
  };

  /** Answers what was refused of a table's rows, if anything was. */
  const insertWhole = async (block: Block, part: Pick<Batch, "first" | "last">, behind: boolean) => {
    const error = await insert({ block, range: nameOf(part), behind });
    if (error === undefined) return undefined;
    const refused: Refused = { table: block.table, part, count: 0, error };
    await record(refused);
    return refused;
  };

  const takeApart = createTakeApart({
    insert: (block, range) => insert({ block, range, behind: false }),
    record,
    putAside,
    newTranscoder: options.newTranscoder,
    path: options.path,
  });

  return async ({ first, last, transcoder, rejected }, { behind }) => {
    for (const problem of rejected) await putAside(problem);
    const before = recorded();
    const blocks = transcoder.blocks();
    // The tables in front of the one that was being taken apart were done with.
    const from = blocks.findIndex(({ table }) => table === before?.table);
    let whole = before === undefined;
    for (const block of blocks.slice(Math.max(0, from))) {
      const isTakenApart = block.table === before?.table;
      const refused = isTakenApart ? before : await insertWhole(block, { first, last }, behind);
      if (refused === undefined) continue;
      whole = false;
      const messages = await persist("read", claim.lost, () => options.readRange(first, last, claim.lost));
      await takeApart(messages, refused);
    }
    return { whole };
  };
}
