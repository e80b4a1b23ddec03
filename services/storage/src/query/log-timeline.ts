import { readFileSync } from "node:fs";
import type { TimeRange } from "@sightline/model/time";
import type { LogBucket, SearchLogsResponse } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { bucketNumbers, bucketSecondsFor } from "./buckets.ts";
import { logStatements } from "./log-conditions.ts";
import { sampleOf } from "./log-sample.ts";
import type { Params, ReadContext, Reader } from "./reader.ts";
import { count, int64 } from "./row-types.ts";

const timelineSql = readFileSync(new URL("./sql/log-timeline.sql", import.meta.url), "utf8");
const sampled = readFileSync(new URL("./sql/log-sampled.sql", import.meta.url), "utf8");
const rowsSql = readFileSync(new URL("./sql/log-rows.sql", import.meta.url), "utf8");

const bucketRow = z.object({ bucket: int64, count, errorCount: count });
const everything = logStatements(timelineSql, { sampled: "" }, bucketRow);
const someSteps = logStatements(timelineSql, { sampled }, bucketRow);
const rowCounts = logStatements(rowsSql, {}, z.object({ candidates: count, rows: count }));

/** A granule of the table: rows that are read together. Tables from before they were made so small read more. */
const GRANULE_ROWS = 1024;
/** So many bodies are read within half a second on one core. */
const MAX_BODIES = 2_000_000;

export interface TimelineRequest {
  readonly reader: Reader;
  readonly range: TimeRange;
  readonly params: Params & Record<"texts" | "notTexts" | "attributeKeys", readonly string[]>;
  readonly context: ReadContext;
  /** How many bodies may be read. Default two million. */
  readonly maxBodies?: number;
}

export type Timeline = Pick<SearchLogsResponse, "timeline" | "totalCount" | "isEstimate">;

/**
 * How many records match, bucket by bucket. Words are counted by the index alone. Whether something occurs as it is, a
 * phrase, is seen in the bodies only: where that would mean to read more than `maxBodies` of them, a sample of the
 * range's steps of five minutes stands for the rest, and the answer says so.
 */
export async function readTimeline(request: TimelineRequest): Promise<Timeline> {
  const { reader, range, params, context } = request;
  const bucketSeconds = bucketSecondsFor(range);
  const bucketNanos = BigInt(bucketSeconds) * 1_000_000_000n;
  const share = await readableShare(request);
  const sample = sampleOf(range, bucketSeconds, share);
  const rows =
    sample === undefined
      ? await reader.read(everything(params.attributeKeys), { ...params, bucketNanos }, context)
      : await reader.read(someSteps(params.attributeKeys), { ...params, bucketNanos, steps: sample.steps }, context);
  const found = new Map(rows.map((row) => [row.bucket, row]));
  const scaled = (bucket: bigint, value = 0) => BigInt(Math.round(value * (sample?.scales.get(bucket) ?? 1)));
  const timeline = bucketNumbers(range, bucketSeconds).map((bucket): LogBucket => {
    const row = found.get(bucket);
    return {
      startUnixNano: bucket * bucketNanos,
      count: scaled(bucket, row?.count),
      errorCount: scaled(bucket, row?.errorCount),
    };
  });
  return {
    timeline,
    totalCount: timeline.reduce((total, bucket) => total + bucket.count, 0n),
    isEstimate: sample !== undefined,
  };
}

/** The share of the range whose bodies may be read; 1 when none need be, or few enough. */
async function readableShare({ reader, params, context, maxBodies = MAX_BODIES }: TimelineRequest): Promise<number> {
  if (params.texts.length + params.notTexts.length === 0) return 1;
  const [counted] = await reader.read(rowCounts(params.attributeKeys), { ...params, texts: [], notTexts: [] }, context);
  const { candidates = 0, rows = 0 } = counted ?? {};
  const read = Math.min(rows, candidates * GRANULE_ROWS);
  return read === 0 ? 1 : maxBodies / read;
}
