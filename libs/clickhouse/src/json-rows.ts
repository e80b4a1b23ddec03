import { parseError } from "@clickhouse/client";
import { AppError, unavailable } from "@sightline/errors/app-error";
import { z } from "zod";

/** The format of which `readJsonRows` reads answers. */
export const JSON_ROWS_FORMAT = "JSONCompactEachRowWithProgress";

export interface AnsweredColumn {
  readonly name: string;
  /** As ClickHouse calls it. */
  readonly type: string;
}

/** A part of an answer. */
export type JsonRowsPart =
  /** Before any rows, once. */
  | { readonly kind: "columns"; readonly columns: readonly AnsweredColumn[] }
  /** Each row as an array in JSON, which nobody has read yet. */
  | { readonly kind: "rows"; readonly rows: readonly string[] }
  /** What WITH TOTALS adds, as a row. */
  | { readonly kind: "totals"; readonly row: string }
  /** What has been read of tables so far. */
  | { readonly kind: "progress"; readonly rowsRead: bigint; readonly bytesRead: bigint };

/** The longest line: a row with its values. */
const MAX_LINE_LENGTH = 32_000_000;
const ROW = '{"row":';
/** What a line is with which an exception begins once an answer has begun (ClickHouse since 25.11). */
const EXCEPTION = "__exception__";

const metaLine = z.object({ meta: z.array(z.object({ name: z.string(), type: z.string() })) });
const count = z.string().transform((text) => BigInt(text));
const progressLine = z.object({ progress: z.object({ read_rows: count, read_bytes: count }) });
const totalsLine = z.object({ totals: z.unknown() });
const exceptionLine = z.object({ exception: z.string() });

/**
 * Reads an answer as it comes.
 *
 * @throws ClickHouseError when the server says in the midst of it that it failed, AppError resource_exhausted for a row that is too
 * long, unavailable when the answer ends within a line
 */
export async function* readJsonRows(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<JsonRowsPart, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  let failure: string | undefined;
  for await (const piece of pieces) {
    const text = decoder.decode(piece, { stream: true });
    if (failure !== undefined) {
      failure = (failure + text).slice(0, MAX_LINE_LENGTH);
      continue;
    }
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    const at = lines.findIndex((line) => line.startsWith(EXCEPTION));
    yield* partsOf(at < 0 ? lines : lines.slice(0, at));
    if (at >= 0) failure = [...lines.slice(at), rest].join("\n");
    else if (rest.length > MAX_LINE_LENGTH) {
      throw new AppError("resource_exhausted", `cannot read a row: got more than ${MAX_LINE_LENGTH} characters`);
    }
  }
  if (failure !== undefined) throw parseError(failure);
  if (rest !== "") throw unavailable("cannot read an answer of ClickHouse: it ended within a line");
}

function* partsOf(lines: readonly string[]): Generator<JsonRowsPart> {
  const rows: string[] = [];
  for (const line of lines) {
    if (line.startsWith(ROW)) rows.push(line.slice(ROW.length, -1));
    else if (line.trim() !== "") {
      const other = otherPart(line);
      if (other !== undefined) yield other;
    }
  }
  if (rows.length > 0) yield { kind: "rows", rows };
}

/** Undefined for what nobody asks for, such as how many rows there were before a LIMIT. */
function otherPart(line: string): JsonRowsPart | undefined {
  const value: unknown = JSON.parse(line);
  const meta = metaLine.safeParse(value);
  if (meta.success) return { kind: "columns", columns: meta.data.meta };
  const progress = progressLine.safeParse(value);
  if (progress.success) {
    const { read_rows: rowsRead, read_bytes: bytesRead } = progress.data.progress;
    return { kind: "progress", rowsRead, bytesRead };
  }
  const exception = exceptionLine.safeParse(value);
  if (exception.success) throw parseError(exception.data.exception);
  const totals = totalsLine.safeParse(value);
  return totals.success ? { kind: "totals", row: JSON.stringify(totals.data.totals) } : undefined;
}
