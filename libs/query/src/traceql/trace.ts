import { AppError } from "@sightline/errors/app-error";
import { type Int64, int64Of } from "./int64.ts";
import { columnKey, DURATION, PARENT_ID, SPAN_ID, SPAN_KIND, START, type StoredField } from "./stored-field.ts";
import { type SpanTree, treeOf } from "./tree.ts";

/**
 * One value of a column:
 *
 * - attributes of the span, its resource, its instrumentation, or the first of span and resource that has it: the text, or null
 * - of its events and links: the texts that some of them have
 * - `event:timeSinceStart`: a number of nanoseconds for each event
 * - `event:name`, `link:traceID`, `link:spanID`: a text for each event or link
 * - `duration`: nanoseconds; `start`: nanoseconds since the Unix epoch, a bigint
 * - `status`, `kind`: in lower case as TraceQL writes them
 * - ids: lower-case hexadecimal; `span:parentID` is "" at the root
 * - all else: the text
 */
export type Cell = string | number | bigint | null | readonly string[] | readonly number[];

/** Spans of one trace as columns, made by whoever reads them; not changed while it is looked at. */
export interface TraceColumns {
  readonly traceId: string;
  readonly spanCount: number;
  /** One for each field of the plan, in its order, `spanCount` long. */
  readonly columns: readonly ArrayLike<Cell>[];
  /** Gives every attribute of a span by its name with scope (`span.http.method`), where the plan wants all of them. */
  eachAttribute?(span: number, give: (name: string, value: string) => void): void;
}

/** Which column is which field. */
export interface Layout {
  readonly fields: readonly StoredField[];
  /** The number of the field's column; internal when the plan forgot it. */
  columnOf(field: StoredField): number;
}

export function layoutOf(fields: readonly StoredField[]): Layout {
  const byKey = new Map(fields.map((field, column) => [columnKey(field), column]));
  return {
    fields,
    columnOf(field) {
      const column = byKey.get(columnKey(field));
      if (column === undefined)
        throw new AppError("internal", `cannot find the column ${columnKey(field)} in the plan`);
      return column;
    },
  };
}

/** A trace with what was worked out of it so far. */
export interface Trace extends TraceColumns {
  /** The spans' places in it, worked out when first asked for. */
  tree(): SpanTree;
  /** The first span without a parent; -1 when it is not there. */
  rootSpan(): number;
  /** From the first start to the last end, in nanoseconds. */
  durationNanos(): Int64;
}

/** Makes a trace of columns that are laid out so. */
export function traceOf(columns: TraceColumns, layout: Layout): Trace {
  let tree: SpanTree | undefined;
  let rootSpan: number | undefined;
  let duration: Int64 | undefined;
  const column = (field: StoredField) => columns.columns[layout.columnOf(field)] ?? [];
  return {
    ...columns,
    tree() {
      tree ??= treeOf({
        spanCount: columns.spanCount,
        spanIds: column(SPAN_ID),
        parentIds: column(PARENT_ID),
        kinds: column(SPAN_KIND),
      });
      return tree;
    },
    rootSpan() {
      rootSpan ??= Array.prototype.indexOf.call(column(PARENT_ID), "");
      return rootSpan;
    },
    durationNanos() {
      duration ??= durationOf(column(START), column(DURATION));
      return duration;
    },
  };
}

function durationOf(starts: ArrayLike<Cell>, durations: ArrayLike<Cell>): Int64 {
  const first = starts[0];
  if (typeof first !== "bigint") return 0;
  let [start, end] = [first, first];
  for (let span = 0; span < starts.length; span++) {
    const began = starts[span];
    if (typeof began !== "bigint") continue;
    const ended = began + BigInt(Number(durations[span] ?? 0));
    if (began < start) start = began;
    if (ended > end) end = ended;
  }
  return int64Of(end - start);
}
