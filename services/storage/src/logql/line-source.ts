import { readFileSync } from "node:fs";
import type { ReadBlock } from "@sightline/columns/read-blocks";
import { AppError } from "@sightline/errors/app-error";
import type { LineChunk, LogSource, PaneChunk } from "@sightline/query/logql/evaluate/source";
import type { LineRead, LineSelection, PaneRead } from "@sightline/query/logql/plan/log-plan";
import type { Labels } from "@sightline/query/logql/stages/line";
import { bigints, doubles, integers, texts } from "../query/block-columns.ts";
import { type SearchProgress, windowsOf } from "../query/log-windows.ts";
import type { Reader } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import { ALL_COLUMNS, namedColumns } from "./grouped-labels.ts";
import { metadataReader, namedReader, streamReader } from "./line-columns.ts";
import { type StoredKeys, selectionSql } from "./selection-sql.ts";
import { findKeys } from "./stored-keys.ts";

const linesSql = readFileSync(new URL("./sql/lines.sql", import.meta.url), "utf8");
const newestFirst = readFileSync(new URL("./sql/newest-first.sql", import.meta.url), "utf8");
const oldestFirst = readFileSync(new URL("./sql/oldest-first.sql", import.meta.url), "utf8");
const panesSql = readFileSync(new URL("./sql/panes.sql", import.meta.url), "utf8");

const ORDERS = { backward: newestFirst, forward: oldestFirst, any: "" } as const;

/** What one query may read. */
export interface SourceLimits {
  /** Lines that come here, to be looked at by the engine. */
  readonly maxLines: number;
  /** Characters of their texts. */
  readonly maxCharacters: number;
  /** Counts that the database answers, of each series in each pane. */
  readonly maxPaneCounts: number;
}

export interface LineSourceOptions {
  readonly reader: Reader;
  readonly tenant: string;
  readonly limits: SourceLimits;
}

/** A tenant's log records, for the engine of LogQL. One for each query: the limits are those of all that is read of it. */
export function createLineSource({ reader, tenant, limits }: LineSourceOptions): LogSource {
  const budget = createBudget(limits);
  return {
    async *lines(read, signal) {
      let found = 0;
      const progress = () => ({ found, wanted: read.wanted });
      for (const selection of partsOf(read, progress)) {
        const { sql, params } = lineStatement({ ...read, selection });
        const asked = read.limit === null ? params : { ...params, limit: read.limit - found };
        for await (const block of reader.readColumns(sql, asked, { tenant, signal })) {
          if (block.rows === 0) continue;
          const chunk = lineChunk(block);
          budget.takeLines(chunk.texts);
          found += block.rows;
          yield chunk;
        }
        if (read.limit !== null && found >= read.limit) return;
      }
    },
    async *panes(read, signal) {
      const labels = read.labels ?? [];
      const keys = await findKeys(read.selection, { reader, context: { tenant, signal }, streamLabels: [], labels });
      const { sql, params } = paneStatement(read, keys);
      const asked = { ...params, limit: limits.maxPaneCounts + 1 };
      for await (const block of reader.readColumns(sql, asked, { tenant, signal })) {
        budget.takeCounts(block.rows);
        if (block.rows > 0) yield paneChunk(block, read.labels);
      }
    },
  };
}

/** Counts what is read, and throws resource_exhausted beyond the limits. */
export function createBudget({ maxLines, maxCharacters, maxPaneCounts }: SourceLimits) {
  let lines = 0;
  let characters = 0;
  let counts = 0;
  return {
    takeLines(taken: readonly string[]): void {
      lines += taken.length;
      for (const text of taken) characters += text.length;
      if (lines > maxLines) throw tooMuch(`${maxLines} lines`);
      if (characters > maxCharacters) throw tooMuch(`${maxCharacters} characters of lines`);
    },
    takeCounts(taken: number): void {
      counts += taken;
      if (counts > maxPaneCounts) throw tooMuch(`${maxPaneCounts} counts of series in time`);
    },
  };
}

function tooMuch(what: string): AppError {
  const message = `the query would read too many data: got more than ${what}, want a shorter range, more label matchers or line filters`;
  return new AppError("resource_exhausted", message);
}

/** What is read in order is read in windows, which most often need not all be looked at. */
function* partsOf({ selection, order }: LineRead, progress: () => SearchProgress): Generator<LineSelection> {
  if (order === "any") {
    yield selection;
    return;
  }
  const range = { startUnixNano: selection.fromNs, endUnixNano: selection.toNs };
  const windows = windowsOf(range, { oldestFirst: order === "forward", progress });
  for (const { startUnixNano: fromNs, endUnixNano: toNs } of windows) {
    yield { ...selection, fromNs, toNs };
  }
}

function lineStatement({ selection, order, limit, needsText }: LineRead) {
  const { selected, params } = selectionSql(selection);
  const limited = limit === null ? "" : "LIMIT {limit:UInt64}";
  const text = { body: needsText ? "Body" : "''", selected, order: `${ORDERS[order]}${limited}` };
  return { sql: fill(linesSql, text), params };
}

function lineChunk(block: ReadBlock): LineChunk & { readonly texts: readonly string[] } {
  const { streams, streamOf } = numbered(block);
  const severities = integers(block, "severity");
  const traceIds = texts(block, "traceId");
  const spanIds = texts(block, "spanId");
  const metadata = metadataReader(block, (row) => ({
    severity: severities[row] ?? 0,
    traceId: traceIds[row] ?? "",
    spanId: spanIds[row] ?? "",
  }));
  return {
    streams,
    streamOf,
    timestampsNs: bigints(block, "time"),
    texts: texts(block, "body"),
    metadata: Array.from({ length: block.rows }, (_, row) => metadata(row)),
  };
}

/** The streams of a block's rows, each once, and which of them each row is of. */
function numbered(block: ReadBlock): { readonly streams: Labels[]; readonly streamOf: Uint32Array } {
  const read = streamReader(block);
  const numbers = new Map<Labels, number>();
  const streamOf = new Uint32Array(block.rows);
  for (let row = 0; row < block.rows; row++) {
    const stream = read(row);
    const number = numbers.get(stream) ?? numbers.size;
    numbers.set(stream, number);
    streamOf[row] = number;
  }
  return { streams: [...numbers.keys()], streamOf };
}

function paneStatement({ selection, measure, labels, originNs, paneNs }: PaneRead, keys: StoredKeys | null) {
  const { selected, label, params } = selectionSql(selection, keys);
  const columns = labels === null ? ALL_COLUMNS : namedColumns(labels.map(label));
  const bytes = measure === "bytes" ? "sum(length(Body))" : "0";
  return { sql: fill(panesSql, { selected, bytes, ...columns }), params: { ...params, originNs, paneNs } };
}

function paneChunk(block: ReadBlock, labels: readonly string[] | null): PaneChunk {
  const series = labels === null ? everything(block) : named(block, labels);
  return {
    series: Array.from({ length: block.rows }, (_, row) => series(row)),
    seriesOf: Uint32Array.from({ length: block.rows }, (_, row) => row),
    panes: doubles(block, "pane"),
    lines: doubles(block, "lines"),
    bytes: doubles(block, "bytes"),
  };
}

type SeriesOf = (row: number) => PaneChunk["series"][number];

/** The ids of traces and spans tell no series apart: there would be as many as lines. */
function everything(block: ReadBlock): SeriesOf {
  const stream = streamReader(block);
  const severities = integers(block, "severity");
  const metadata = metadataReader(block, (row) => ({ severity: severities[row] ?? 0, traceId: "", spanId: "" }));
  return (row) => ({ stream: stream(row), metadata: metadata(row) });
}

function named(block: ReadBlock, labels: readonly string[]): SeriesOf {
  const labelsOf = namedReader(block, labels);
  return (row) => ({ stream: labelsOf(row), metadata: null });
}
